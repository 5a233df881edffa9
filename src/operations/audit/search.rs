//! `POST /audit/leaves/search`: leaves by time, operator, case, object, action, outcome.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::schema::LeafCursor;
use crate::domain::{CaseId, Moment, OperatorId, RequestId};
use crate::operations::page::whole;
use crate::operations::{Docs, Ids, Request};
use crate::policy::{Action, ActionKind, actions};
use crate::vault::audit::Outcome;
use crate::vault::scope::{LeafQuery, ListedLeaf, Scope};
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
    /// Leaves about this thing: the id of a request, an exhibit or an operator, or the number of a leaf.
    #[schema(pattern = "^([a-z]_[0-9a-hjkmnp-tv-z]{20}|0|[1-9][0-9]{0,14})$")]
    pub object: Option<String>,
    /// Leaves of this action.
    #[schema(value_type = Option<ActionKind>)]
    pub action: Option<String>,
    /// Leaves with this outcome.
    #[schema(value_type = Option<Outcome>)]
    pub outcome: Option<String>,
    /// Leaves with this number or a higher one.
    #[schema(maximum = 9007199254740991_u64)]
    pub since: Option<u64>,
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
    pub leaves: Vec<ListedLeaf>,
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
        detail(&self.0)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LeafPage, OperationError> {
        note_numbers(scope, &self.0)?;
        let found = scope.search_leaves(&self.0)?;
        scope.note_rows(found.len() as u64);
        let full = found.len() == self.0.limit as usize;
        let next = found
            .last()
            .map(|last| last.leaf.seq)
            .filter(|seq| full && *seq > 0)
            .map(|seq| seq.to_string());
        Ok(LeafPage {
            leaves: found,
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
        description: "Leaves by time, operator, case, object, action and outcome, newest first, a page at a time, each \
            with names, the title of its case and the reason that was given. With `Accept: text/csv` as CSV; the \
            cursor of the next page is then the number of the last leaf. For auditors.",
        request: r#"{"action": "record.lookup", "outcome": "done", "limit": 100}"#,
        answer: r#"{"leaves": [{"action": "record.lookup", "case": "c_0123456789abcdefghjk",
            "operator": "o_0123456789abcdefghjk", "origin":
            "breachvault/v_0123456789abcdefghjk", "outcome": "done", "purpose":
            "victim-inquiry", "role": "investigator", "rows": 2, "seq": 41, "time":
            "2024-03-21T22:34:49Z", "v": 1, "operator_name": "first.investigator", "title": "Text message log",
            "reason": "a caller asks about their own number", "off_hours": true}], "next": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: SearchLeavesInput) -> Result<Self, OperationError> {
        query(input).map(Self)
    }
}

/// What a question about leaves commits to.
pub(super) fn detail(query: &LeafQuery) -> Value {
    json!({
        "from": query.from,
        "to": query.to,
        "operator": query.operator,
        "case": query.case,
        "object": query.object.as_deref().filter(|object| number(object).is_none()),
        "action": query.action.map(ActionKind::name),
        "outcome": query.outcome,
    })
}

/// The numbers of leaves in a question. They are committed to only if the log has such leaves: anybody can type a
/// number, and it could be somebody's.
pub(super) fn note_numbers<A: Action>(
    scope: &mut Scope<'_, A>,
    query: &LeafQuery,
) -> Result<(), OperationError> {
    let object = query.object.as_deref().and_then(number);
    if object.is_none() && query.since.is_none() {
        return Ok(());
    }
    let size = scope.verified_size()?;
    let there = |number: &u64| *number < size;
    scope.note_detail(json!({
        "object": object.filter(there),
        "since": query.since.filter(there),
    }));
    Ok(())
}

/// The names that are near to one that is none: those with the same first word, or the first words.
fn unknown_action(name: &str) -> String {
    let names = ActionKind::ALL.iter().map(|kind| kind.name());
    let noun = name.split('.').next().unwrap_or_default();
    let same: Vec<_> = names
        .clone()
        .filter(|known| known.split('.').next() == Some(noun))
        .collect();
    if !same.is_empty() {
        return format!(
            "is no action's name; those that begin so are {}",
            same.join(", ")
        );
    }
    let nouns: BTreeSet<_> = names.filter_map(|known| known.split('.').next()).collect();
    let nouns: Vec<_> = nouns.into_iter().collect();
    format!(
        "is no action's name, such as reveal.open; names begin with {}",
        nouns.join(", ")
    )
}

/// Reads which leaves are wanted.
pub(super) fn query(input: SearchLeavesInput) -> Result<LeafQuery, OperationError> {
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
                .ok_or_else(|| OperationError::invalid("action", unknown_action(&name)))
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
    Ok(LeafQuery {
        from: read(input.from, "from")?,
        to: read(input.to, "to")?,
        operator: read(input.operator, "operator")?,
        case: read(input.case, "case")?,
        object: input.object.map(object).transpose()?,
        action,
        outcome,
        since: input.since,
        before: input.cursor.map(cursor).transpose()?,
        limit,
    })
}

/// Where the next page begins.
fn cursor(text: String) -> Result<u64, OperationError> {
    let wrong = || OperationError::invalid("cursor", "must be the `next` of the page before");
    whole(&text).ok_or_else(wrong)
}

/// An id of any kind, or the number of a leaf. Nothing else is an object of a leaf, and nothing else gets into a
/// detail.
fn object(text: String) -> Result<String, OperationError> {
    // Ids of all kinds are spelt alike.
    match text.parse::<RequestId>().is_ok() || number(&text).is_some() {
        true => Ok(text),
        false => Err(OperationError::invalid(
            "object",
            "must be an id, or the number of a leaf",
        )),
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

/// The number of a leaf as leaves name it: no sign, no leading zeros.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (text.len() < 16 && number.to_string() == text).then_some(number)
}
