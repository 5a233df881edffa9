//! `POST /audit/sign-offs`: an auditor says that the log was reviewed up to here.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::operations::{Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct SignOff {
    size: u64,
    why: Why,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOffInput {
    /// The size of the checkpoint up to which the log was reviewed.
    pub size: u64,
    /// What was reviewed and found.
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct SignedOff {
    pub size: u64,
}

impl Answer for SignedOff {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for SignOff {
    type Action = actions::SignOff;
    type Answer = SignedOff;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SignedOff, OperationError> {
        if self.size > scope.newest_checkpoint()?.size {
            return Err(OperationError::invalid(
                "size",
                "the log is not that long yet",
            ));
        }
        // Only a size that is one: anything else the asker made up.
        scope.note_rows(self.size);
        scope.note_detail(json!({ "size": self.size }));
        Ok(SignedOff { size: self.size })
    }
}

impl Request for SignOff {
    type Input = SignOffInput;
    type Output = SignedOff;
    const SUMMARY: &'static str = "Sign off the log's review up to a size";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: SignOffInput) -> Result<Self, OperationError> {
        Ok(Self {
            size: input.size,
            why: only_reason(&input.reason)?,
        })
    }
}
