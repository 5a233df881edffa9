//! A case whose leads are gone: the holders of two slots of the keyring name a new one. For a command on the host; it
//! is no route.

use crate::domain::{CaseId, OperatorId};
use crate::operations::Done;
use crate::policy::actions;
use crate::vault::identity::Fingerprint;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Makes somebody the lead of a case that no lead can act in.
pub struct RecoverCase {
    /// The case.
    pub case: CaseId,
    /// Who is to lead it.
    pub operator: OperatorId,
    /// What they read out.
    pub typed: Fingerprint,
    /// The reason; the leaf has it.
    pub why: Why,
}

impl Operation for RecoverCase {
    type Action = actions::RecoverCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Member(self.case.clone(), self.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.not_oneself(&self.operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.recover_case(&self.operator, &self.typed)?;
        Ok(Done)
    }
}
