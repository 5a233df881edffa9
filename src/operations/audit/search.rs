//! `POST /audit/leaves/search`: leaves by time, operator, case, action, outcome.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::operations::{Ids, Request};
use crate::policy::{ActionKind, actions};
use crate::vault::scope::{LeafQuery, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// The most leaves in one answer.
const PAGE: u32 = 1000;

pub struct SearchLeaves(LeafQuery);

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchLeavesInput {
    /// RFC 3339; leaves at or after it.
    pub from: Option<String>,
    /// RFC 3339; leaves before it.
    pub to: Option<String>,
    pub operator: Option<String>,
    pub case: Option<String>,
    /// The name of an action, such as `record.lookup`.
    pub action: Option<String>,
    /// done, denied or failed
    pub outcome: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// Leaves, newest first.
#[derive(Serialize, ToSchema)]
pub struct LeafPage {
    #[schema(value_type = Vec<Object>)]
    pub leaves: Vec<Value>,
    /// Where the next page begins; absent on the last one.
    pub next: Option<String>,
}

impl Answer for LeafPage {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for SearchLeaves {
    type Action = actions::SearchLeaves;
    type Answer = LeafPage;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn detail(&self) -> Value {
        json!({
            "from": self.0.from,
            "to": self.0.to,
            "operator": self.0.operator,
            "case": self.0.case,
            "action": self.0.action.map(ActionKind::name),
            "outcome": self.0.outcome,
        })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LeafPage, OperationError> {
        let found = scope.search_leaves(&self.0)?;
        scope.note_rows(found.len() as u64);
        let full = found.len() == self.0.limit as usize;
        let next = found
            .last()
            .filter(|(seq, _)| full && *seq > 0)
            .map(|(seq, _)| seq.to_string());
        Ok(LeafPage {
            leaves: found.into_iter().map(|(_, leaf)| leaf).collect(),
            next,
        })
    }
}

impl Request for SearchLeaves {
    type Input = SearchLeavesInput;
    type Output = LeafPage;
    const SUMMARY: &'static str = "Search the audit log";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: SearchLeavesInput) -> Result<Self, OperationError> {
        let limit = input.limit.unwrap_or(100);
        if !(1..=PAGE).contains(&limit) {
            return Err(OperationError::invalid("limit", "must be 1 to 1000"));
        }
        let action = input
            .action
            .map(|name| {
                let known = ActionKind::ALL.iter().find(|kind| kind.name() == name);
                known
                    .copied()
                    .ok_or_else(|| OperationError::invalid("action", "is no action's name"))
            })
            .transpose()?;
        let outcome = input
            .outcome
            .map(|name| match name.as_str() {
                "done" | "denied" | "failed" => Ok(name),
                _ => Err(OperationError::invalid(
                    "outcome",
                    "must be done, denied or failed",
                )),
            })
            .transpose()?;
        Ok(Self(LeafQuery {
            from: read(input.from, "from")?,
            to: read(input.to, "to")?,
            operator: read(input.operator, "operator")?,
            case: read(input.case, "case")?,
            action,
            outcome,
            before: read(input.cursor, "cursor")?,
            limit,
        }))
    }
}

fn read<T: std::str::FromStr>(text: Option<String>, at: &str) -> Result<Option<T>, OperationError>
where
    T::Err: std::fmt::Display,
{
    text.map(|text| {
        text.parse()
            .map_err(|error| OperationError::invalid(at, error))
    })
    .transpose()
}
