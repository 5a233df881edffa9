//! What somebody may do at this moment, for pages, which show a link only where it leads somewhere.
//!
//! It asks the policy with the facts of the door, and reads nothing else. It has no leaf: nothing is done, and nobody
//! learns more than their own rights. A yes is no promise; every act is decided anew.

use crate::domain::CaseId;
use crate::policy::{ActionKind, decide, needs_case};
use crate::vault::call::caller::Caller;
use crate::vault::call::target::Target;
use crate::vault::door::facts;
use crate::vault::door::vault::Vault;

/// What a caller may do in the vault as a whole, and about what they look at.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    may: Vec<ActionKind>,
    case: Option<CaseId>,
    by_passkey: bool,
}

impl Rights {
    /// Whether the caller may do it.
    pub fn may(&self, action: ActionKind) -> bool {
        self.may.contains(&action)
    }

    /// Whether the caller signs with a passkey what matters.
    pub fn signs(&self) -> bool {
        self.by_passkey
    }

    /// The case of what the caller looks at, if the caller may read that case.
    pub fn case(&self) -> Option<&CaseId> {
        self.case.as_ref()
    }
}

impl Vault {
    /// What the caller may do about the target. Nothing if that cannot be found out.
    pub fn rights(&self, caller: &Caller, target: &Target) -> Rights {
        let tip = self.core.tip();
        let Ok(snapshot) = self.core.readers.snapshot() else {
            return Rights::default();
        };
        let Ok(connection) = snapshot.connection() else {
            return Rights::default();
        };
        let found = |target: &Target| facts::load(&self.core, connection, caller, target, tip).ok();
        let (whole, about) = (found(&Target::Vault), found(target));
        let may = |action: &ActionKind| {
            let situation = match needs_case(*action) {
                true => about.as_ref(),
                false => whole.as_ref(),
            };
            situation.is_some_and(|situation| decide(&situation.facts, *action).is_ok())
        };
        let rights: Vec<ActionKind> = ActionKind::ALL.iter().copied().filter(may).collect();
        let reads = rights.contains(&ActionKind::ReadCase);
        let case = about.as_ref().and_then(|situation| situation.case_id());
        Rights {
            may: rights,
            case: case.filter(|_| reads),
            by_passkey: whole.is_some_and(|situation| situation.by_passkey),
        }
    }
}
