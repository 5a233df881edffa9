//! A lost second factor: one person asks that it can be replaced, another one agrees, and then its owner sets up a new
//! one. For a command that has the vault's passphrase; it is no route.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::OperatorId;
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Lets an operator replace a second factor that they lost, once a second person agrees.
pub struct ResetSecondFactor {
    /// Whose factor was lost.
    pub operator: OperatorId,
    /// The reason; the leaf has it.
    pub why: Why,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecondFactorReset {
    /// Whose factor was lost.
    pub operator: OperatorId,
    /// False: somebody else has to agree, within a day.
    pub reset: bool,
}

impl Operation for ResetSecondFactor {
    type Action = actions::ResetFactor;
    type Answer = SecondFactorReset;

    fn target(&self) -> Target {
        Target::Operator(self.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.not_oneself(&self.operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SecondFactorReset, OperationError> {
        let reset = scope.reset_second_factor(&self.operator)?;
        Ok(SecondFactorReset {
            operator: self.operator,
            reset,
        })
    }
}
