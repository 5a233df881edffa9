//! `GET /audit/checkpoint`: the signed checkpoint that covers this very request.

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadCheckpoint;

/// The receipt brings it.
pub struct CheckpointText;

impl Answer for CheckpointText {
    fn body(self, receipt: &Receipt) -> Result<Wire, OperationError> {
        Ok(Wire::text(receipt.checkpoint()))
    }
}

impl Operation for ReadCheckpoint {
    type Action = actions::ReadCheckpoint;
    type Answer = CheckpointText;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<CheckpointText, OperationError> {
        Ok(CheckpointText)
    }
}

impl Request for ReadCheckpoint {
    type Input = Empty;
    type Output = String;
    const SUMMARY: &'static str = "The newest signed checkpoint (c2sp.org/tlog-checkpoint)";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
