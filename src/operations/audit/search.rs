//! `POST /audit/leaves/search`: leaves by time, operator, case, action, outcome.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::schema::LeafCursor;
use crate::domain::{CaseId, Moment, OperatorId};
use crate::operations::{Docs, Ids, Request};
use crate::policy::{ActionKind, actions};
use crate::vault::audit::{Leaf, Outcome};
use crate::vault::scope::{LeafQuery, Scope};
use crate::vault::{Operation, OperationError, Target};

/// The most leaves in one answer.
const PAGE: u32 = 1000;

/// Searches the audit log, for auditors.
pub struct SearchLeaves(LeafQuery);

/// Which leaves to list. A member that is left out keeps all of them.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchLeavesInput {
    /// Leaves at or after this time.
    #[schema(value_type = Option<Moment>)]
    pub from: Option<String>,
    /// Leaves before this time.
    #[schema(value_type = Option<Moment>)]
    pub to: Option<String>,
    /// Leaves of acts of this operator.
    #[schema(value_type = Option<OperatorId>)]
    pub operator: Option<String>,
    /// Leaves about this case.
    #[schema(value_type = Option<CaseId>)]
    pub case: Option<String>,
    /// Leaves of this action.
    #[schema(value_type = Option<ActionKind>)]
    pub action: Option<String>,
    /// Leaves with this outcome.
    #[schema(value_type = Option<Outcome>)]
    pub outcome: Option<String>,
    /// The `next` of the page before; the first page if not given.
    #[schema(value_type = Option<LeafCursor>)]
    pub cursor: Option<String>,
    /// Leaves on a page: 100 if not given.
    #[schema(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// A page of leaves.
#[derive(Serialize, ToSchema)]
pub struct LeafPage {
    /// The leaves of this page, newest first.
    pub leaves: Vec<Leaf>,
    /// The `cursor` of the next page; null on the last one.
    #[schema(value_type = Option<LeafCursor>)]
    pub next: Option<String>,
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
    const DOCS: Docs = Docs {
        id: "searchLeaves",
        tag: "Audit",
        summary: "Search the audit log",
        description: "Leaves by time, operator, case, action and outcome, newest first, a page at a time. \
            For auditors.",
        request: r#"{"action": "record.lookup", "outcome": "done", "limit": 100}"#,
        answer: r#"{"leaves": [{"action": "record.lookup", "case": "c_0123456789abcdefghjk",
            "operator": "o_0123456789abcdefghjk", "origin":
            "breachvault/v_0123456789abcdefghjk", "outcome": "done", "purpose":
            "victim-inquiry", "role": "investigator", "rows": 2, "seq": 41, "time":
            "2024-03-21T22:34:49Z", "v": 1}], "next": null}"#,
        problems: &[],
    };

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
