//! `POST /audit/sign-offs`: an auditor reviewed the log up to a size.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::domain::Reason;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::{ActionKind, actions};
use crate::vault::scope::{Reading, Scope};
use crate::vault::{Operation, OperationError, Target, Why};

/// Records that an auditor reviewed the log up to a size.
pub struct SignOff {
    size: u64,
    why: Why,
}

/// How much of the log was reviewed, and what was found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOffInput {
    /// The size of the checkpoint up to which the log was reviewed.
    /// Also checked: the log is that long.
    #[schema(maximum = 9007199254740991_u64)]
    pub size: u64,
    /// What was reviewed and found.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A review that was recorded.
#[derive(Serialize, ToSchema)]
pub struct SignedOff {
    /// The number of leaves that were reviewed, from the first.
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

    const PREPARES: bool = true;

    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError> {
        reading.verify_log(ActionKind::SignOff)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SignedOff, OperationError> {
        // In the act, which nobody can write beside; it is quick if `prepare` has done it.
        if self.size > scope.verified_size()? {
            return Err(OperationError::invalid(
                "size",
                "the log is not that long yet",
            ));
        }
        // Recorded only now: the log never had a larger size.
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
