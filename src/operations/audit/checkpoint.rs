//! `GET /audit/checkpoint`: the signed checkpoint that covers this very request.

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// Reads the newest signed checkpoint of the log (c2sp.org/tlog-checkpoint).
pub struct ReadCheckpoint;

/// Empty: the checkpoint is in the receipt of this request.
pub struct CheckpointText;

impl Answer for CheckpointText {
    type View = Wire;

    fn view(self, receipt: &Receipt) -> Result<Wire, OperationError> {
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
    const DOCS: Docs = Docs {
        id: "readCheckpoint",
        tag: "Audit",
        summary: "Read the newest checkpoint",
        description: "The signed checkpoint that covers this very request (c2sp.org/tlog-checkpoint).",
        request: "",
        answer: "breachvault/v_0123456789abcdefghjk\n42\nqlNmCsQmLH2C0lq8+1lGgGMq2hjrNTsV8Yu1TnJ7aPw=\n\n— breachvault/v_0123456789abcdefghjk …\n",
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
