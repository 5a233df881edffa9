//! The two acts of a restore: the first leaf of the new log, and the leaf of the administrator who accepts it.

use serde::Serialize;
use serde_json::json;

use crate::policy::actions;
use crate::vault::audit::Tip;
use crate::vault::call::done::Done;
use crate::vault::call::target::{Target, Why};
use crate::vault::door::Operation;
use crate::vault::error::OperationError;
use crate::vault::scope::Scope;

/// How far the log of the vault had come before it was lost, as far as the mark and kept checkpoints say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// How many leaves it had.
    pub leaves: u64,
    /// The root over them.
    pub root: String,
    /// What says so: `mark` or `checkpoint`.
    pub by: &'static str,
}

/// The vault was restored. Whatever somebody may have used up, ended or been denied after the backup is taken away.
pub(super) struct RestoreVault {
    pub(super) restored: Tip,
    /// The public key of the log that was restored, with its name.
    pub(super) earlier: String,
    pub(super) lost: Option<Lost>,
    pub(super) made_at: String,
    pub(super) generation: u64,
    /// The slots of the keyring whose holders did it.
    pub(super) slots: Vec<u32>,
}

impl Operation for RestoreVault {
    type Action = actions::RestoreVault;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let taken = scope.take_rights_away()?;
        // In the leaf itself, so that everybody who verifies the log reads it: the root and the leaves that were
        // restored, and the tip that was lost.
        scope.notes.digest = Some(self.restored.root.to_string());
        scope.note_rows(self.restored.size);
        scope.notes.object = Some(match &self.lost {
            Some(lost) => format!("lost:{}:{}", lost.leaves, lost.root),
            None => "lost:unknown".to_owned(),
        });
        scope.notes.generation = Some(self.generation);
        scope.note_detail(json!({
            "restored": { "leaves": self.restored.size, "root": self.restored.root.to_string() },
            "lost": self.lost,
            "earlier_log": self.earlier,
            "backup_of": self.made_at,
            "slots": self.slots,
            "taken_away": taken,
        }));
        Ok(Done)
    }
}

/// An administrator accepts the restored vault, and is its only one from then on.
pub(super) struct AcceptRestore {
    pub(super) why: Why,
}

impl Operation for AcceptRestore {
    type Action = actions::AcceptRestore;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let ended = scope.end_other_administrators()?;
        scope.note_detail(json!({ "ended_administrators": ended }));
        Ok(Done)
    }
}
