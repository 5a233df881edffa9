//! Abandons an admission: nothing of it is kept, and a leaf with the outcome `failed` says why.

use super::begun::Begun;
use super::fault;
use super::in_progress::Admission;
use serde_json::Value;

use crate::domain::{CaseId, ExhibitId};
use crate::policy::actions;
use crate::vault::Vault;
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::Operation;
use crate::vault::error::OperationError;
use crate::vault::exhibits::leftovers::Leftover;
use crate::vault::scope::Scope;

impl Vault {
    /// Removes what was staged and says why in a leaf.
    pub fn abandon_admission(
        &self,
        caller: &Caller,
        admission: Admission,
        error: OperationError,
    ) -> Refusal {
        let begun = admission.begun.clone();
        // Ends its threads, so that nothing more is staged after the removal.
        drop(admission);
        self.abandon(caller, &begun, error)
    }

    pub(super) fn abandon(&self, caller: &Caller, begun: &Begun, error: OperationError) -> Refusal {
        // If the removal fails, the staged rows stay invisible, and it is tried again with each commit.
        let discarded = self.discard(begun);
        if let Err(fault) = &discarded {
            tracing::error!(exhibit.id = %begun.exhibit, fault = fault.name(), "a staged exhibit could not be discarded");
        }
        let operation = AbandonExhibit {
            case: begun.case.clone(),
            exhibit: begun.exhibit.clone(),
            error,
        };
        match self.perform(caller, operation) {
            Err(refusal) => refusal,
            // Not to be met: the operation always fails.
            Ok(_) => Refusal::Unaudited(crate::vault::call::refusal::Unaudited::Stopped),
        }
    }

    pub(super) fn discard(&self, begun: &Begun) -> Result<(), OperationError> {
        let leftover = Leftover(begun.exhibit.clone());
        let staged = leftover.clone();
        let discarded = self
            .ledger
            .stager()
            .stage(move |connection| staged.discard(connection));
        if discarded.is_err() {
            self.core.leftovers.put(leftover);
        }
        discarded.map_err(fault::stage)
    }
}

/// Fails with the error it is given: its leaf is the end of the admission.
struct AbandonExhibit {
    case: CaseId,
    exhibit: ExhibitId,
    error: OperationError,
}

struct Never;

impl Answer for Never {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Err(OperationError::Internal("abandon"))
    }
}

impl Operation for AbandonExhibit {
    type Action = actions::AbandonExhibit;
    type Answer = Never;

    fn target(&self) -> Target {
        Target::Exhibit(self.case.clone(), self.exhibit.clone())
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<Never, OperationError> {
        Err(self.error)
    }
}
