//! One person accepts the time of the machine's clock; with the second person it is the vault's.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{Moment, Reason};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Accepting the time of the machine's clock.
pub struct AcceptTime {
    /// What the person's own watch shows.
    pub time: Moment,
    /// The reason; the leaf has it.
    pub why: Why,
}

/// The body of an acceptance.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptTimeInput {
    /// The time by a watch of your own, to five minutes; the machine's clock must show the same.
    #[schema(value_type = Moment)]
    pub time: String,
    /// Why, in 10 to 500 characters.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// What came of an acceptance.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeAccepted {
    /// False: somebody else has to accept it too, until `expires_at`.
    pub accepted: bool,
    /// Until when it waits for a second person; null if it is done.
    pub expires_at: Option<Moment>,
    /// The vault's time.
    pub time: Moment,
}

impl Operation for AcceptTime {
    type Action = actions::AcceptTime;
    type Answer = TimeAccepted;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    /// Also what a passkey signs: this time and no other.
    fn detail(&self) -> Value {
        json!({ "time": self.time })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<TimeAccepted, OperationError> {
        let expires_at = scope.accept_time(self.time)?;
        Ok(TimeAccepted {
            accepted: expires_at.is_none(),
            expires_at,
            time: scope.clock().time,
        })
    }
}

impl Request for AcceptTime {
    type Input = AcceptTimeInput;
    const DOCS: Docs = Docs {
        id: "acceptTime",
        tag: "Clock",
        summary: "Accept the time of the machine's clock",
        description: "After the clock jumped. Two leads or administrators do it, one after the other. It \
            changes the time that is shown and written down; no deadline, no budget and no delay.",
        request: r#"{"time": "2024-03-21T22:34:49Z", "reason": "the time server was wrong this morning"}"#,
        answer: r#"{"accepted": false, "expires_at": "2024-03-22T22:34:49Z", "time": "2024-03-21T22:34:49Z"}"#,
        problems: &["clock-right", "own-request", "recognised-by-asker"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: AcceptTimeInput) -> Result<Self, OperationError> {
        Ok(Self {
            time: input
                .time
                .parse()
                .map_err(|error| OperationError::invalid("time", error))?,
            why: only_reason(&input.reason)?,
        })
    }
}
