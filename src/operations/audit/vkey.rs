//! `GET /audit/vkey`: the key that verifies the log's checkpoints.

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// Reads the public key of the log.
pub struct ReadVkey;

/// The verifier key as text (c2sp.org/signed-note).
pub struct VkeyText(String);

impl Answer for VkeyText {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(Wire::text(&format!("{}\n", self.0)))
    }
}

impl Operation for ReadVkey {
    type Action = actions::ReadVkey;
    type Answer = VkeyText;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<VkeyText, OperationError> {
        scope.verifier_key().map(VkeyText)
    }
}

impl Request for ReadVkey {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readVerifierKey",
        tag: "Audit",
        summary: "Read the key of the log",
        description: "The public key that checks the checkpoints of the log (c2sp.org/signed-note).",
        request: "",
        answer: "breachvault/v_0123456789abcdefghjk+1a2b3c4d+AU3x…\n",
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
