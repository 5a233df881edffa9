//! `POST /destructions/{destruction}/stop`: a lead or a custodian stops an approved destruction.

use super::docs;
use crate::domain::{DestructionId, RequestIdOfKind as _};
use crate::operations::case::MoveInput;
use crate::operations::{Docs, Done, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Stops a destruction that was approved and not carried out.
pub struct StopDestruction {
    destruction: DestructionId,
    why: Why,
}

impl Operation for StopDestruction {
    type Action = actions::StopDestruction;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Request(self.destruction.of_any_kind())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.stop_destruction(&self.destruction, &self.why)?;
        Ok(Done)
    }
}

impl Request for StopDestruction {
    type Input = MoveInput;
    const DOCS: Docs = docs::STOP;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Request(ids.destruction()?.of_any_kind()))
    }

    fn read(ids: &Ids, input: MoveInput) -> Result<Self, OperationError> {
        Ok(Self {
            destruction: ids.destruction()?,
            why: only_reason(&input.reason)?,
        })
    }
}
