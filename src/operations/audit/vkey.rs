//! `GET /audit/vkey`: the key that verifies the log's checkpoints.

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadVkey;

pub struct VkeyText(String);

impl Answer for VkeyText {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
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
    type Output = String;
    const SUMMARY: &'static str = "The log's public key";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
