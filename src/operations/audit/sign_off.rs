//! `POST /audit/sign-offs`: an auditor says that the log was reviewed up to here.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::Reason;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

pub struct SignOff {
    size: u64,
    why: Why,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOffInput {
    /// Also checked: the log is that long.
    /// The size of the checkpoint up to which the log was reviewed.
    #[schema(maximum = 9007199254740991_u64)]
    pub size: u64,
    /// What was reviewed and found.
    #[schema(value_type = Reason)]
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct SignedOff {
    pub size: u64,
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
    const DOCS: Docs = Docs {
        id: "signOffLog",
        tag: "Audit",
        summary: "Sign off the log",
        description: "An auditor says that the log was reviewed up to a size.",
        request: r#"{"size": 42, "reason": "reviewed every reveal of the week"}"#,
        answer: r#"{"size": 42}"#,
        problems: &[],
    };

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
