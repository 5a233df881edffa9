//! The end of an admission that does not succeed: nothing stays, and a failed
//! leaf says why.

use super::begin::{Admission, Begun};
use super::fault;
use crate::domain::{CaseId, ExhibitId, Field};
use crate::policy::actions;
use crate::vault::Vault;
use crate::vault::caller::Caller;
use crate::vault::operation::{Answer, Operation, OperationError, Target};
use crate::vault::receipt::Receipt;
use crate::vault::refusal::Refusal;
use crate::vault::scope::Scope;
use crate::vault::store::exhibit_rows;
use crate::vault::store::term_rows::Terms;
use serde_json::Value;

impl Vault {
    /// Takes away what was staged and says why in a leaf.
    pub fn abandon_admission(
        &self,
        caller: &Caller,
        admission: Admission,
        error: OperationError,
    ) -> Refusal {
        let begun = admission.begun.clone();
        // Its threads end with it: nothing is staged behind what is taken away.
        drop(admission);
        self.abandon(caller, &begun, error)
    }

    pub(super) fn abandon(&self, caller: &Caller, begun: &Begun, error: OperationError) -> Refusal {
        // What cannot be taken away now stays invisible, and the next start takes it away.
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
            Ok(_) => Refusal::Unaudited(crate::vault::refusal::Unaudited::Stopped),
        }
    }

    pub(super) fn discard(&self, begun: &Begun) -> Result<(), OperationError> {
        let (case, exhibit) = (begun.case_number, begun.number);
        let visible = [
            (Field::Number, begun.visible_numbers),
            (Field::User, begun.visible_users),
        ];
        self.ledger
            .stager()
            .stage(move |connection| {
                exhibit_rows::discard(connection, exhibit)?;
                for (field, visible) in visible {
                    Terms { case, field }.discard_above(connection, visible)?;
                }
                Ok(())
            })
            .map_err(fault::stage)
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
