//! `PUT /cases/{case}/retention`: until when a case is to be kept.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, Moment, Reason};
use crate::operations::{Docs, Done, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Sets the date from which leads and custodians are reminded that the case is kept still. It destroys nothing.
pub struct SetRetention {
    case: CaseId,
    until: Option<Moment>,
    why: Why,
}

/// Until when a case is to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRetentionInput {
    /// The date and time, or a day alone, which stands for its beginning in UTC; null or left out if nothing says
    /// until when.
    #[serde(default)]
    #[schema(value_type = Option<Moment>)]
    pub keep_until: Option<String>,
    /// Why until then.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// Reads such a date.
pub(super) fn kept_until(text: &str) -> Result<Moment, OperationError> {
    let rule = "must be a day such as 2027-03-21, or an RFC 3339 time with a zone";
    Moment::time_or_day(text).map_err(|_| OperationError::invalid("keep_until", rule))
}

impl Operation for SetRetention {
    type Action = actions::SetRetention;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    /// Also what a passkey signs: this date and no other.
    fn detail(&self) -> Value {
        json!({ "keep_until": self.until })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.set_retention(self.until)?;
        Ok(Done)
    }
}

impl Request for SetRetention {
    type Input = SetRetentionInput;
    const DOCS: Docs = Docs {
        id: "setRetention",
        tag: "Cases",
        summary: "Set until when a case is kept",
        description: "From then on leads and custodians find the case among what is to be done, until it is destroyed or has \
            another date. A hold silences it. It destroys nothing by itself.",
        request: r#"{"keep_until": "2026-03-21T22:34:49Z", "reason": "two years after the last notice"}"#,
        answer: "{}",
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: SetRetentionInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            until: input.keep_until.as_deref().map(kept_until).transpose()?,
            why: only_reason(&input.reason)?,
        })
    }
}
