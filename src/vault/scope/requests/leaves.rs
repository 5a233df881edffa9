//! All leaves that were written under one request: who asked, decided, opened, took, and why.
//!
//! Members of the case see what was done. An auditor also sees who read the request and what was refused. Counts,
//! subjects and digests of a leaf are left out: not everybody who reads a request may know them.

use std::cmp::Reverse;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::REQUEST_KINDS;
use super::sealed::Outline;
use crate::domain::{CaseId, Moment, OperatorId, OperatorName, Reason, RequestId, Title};
use crate::policy::{Action, ActionKind};
use crate::vault::OperationError;
use crate::vault::audit::{Decision, Leaf, Outcome};
use crate::vault::ledger::verify_all;
use crate::vault::scope::Scope;
use crate::vault::scope::leaf_words::Words;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::leaf_rows::LeafFilter;
use crate::vault::store::request_rows::{self, RequestRow};

/// A page of the leaves of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestLeaves)]
pub struct RequestLeavesView {
    /// The id of the request.
    pub request: String,
    /// The kind of request, such as `reveal`.
    pub kind: String,
    /// The case.
    pub case: CaseId,
    /// The title of the case.
    #[schema(value_type = Title)]
    pub title: String,
    /// The leaves, newest first.
    pub leaves: Vec<RequestLeafView>,
    /// The `cursor` of the next page; null on the last one.
    pub next: Option<String>,
}

/// A leaf that was written under a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestLeaf)]
pub struct RequestLeafView {
    /// The number of the leaf.
    pub leaf: u64,
    /// When it was written.
    pub time: Moment,
    /// What was done.
    #[schema(value_type = ActionKind)]
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The kind of denial or failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kind: Option<String>,
    /// What a decision said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorId, required = false)]
    pub operator: Option<String>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorName, required = false)]
    pub operator_name: Option<String>,
    /// Their role in the case or in the vault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role: Option<String>,
    /// The reason they gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Reason, required = false)]
    pub reason: Option<String>,
    /// Present and true if the reason ended with the case.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub destroyed: bool,
    /// Whether it was outside the usual hours of work, which are hours of UTC.
    pub off_hours: bool,
}

impl<A: Action> Scope<'_, A> {
    /// A page of the leaves of a request, newest first: at most `limit` before the leaf `before`. It reads the leaves
    /// from when the request was asked, and no older ones.
    pub fn request_leaves(
        &mut self,
        request: &RequestId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<RequestLeavesView, OperationError> {
        let case = self.case_row()?;
        let row = request_rows::find(self.connection, request)?
            .filter(|row| row.case == case.number)
            .ok_or(OperationError::NotFound)?;
        let verified = verify_all(self.core, self.connection, self.tip, A::KIND)?;
        self.notes.log_verified = Some(verified);
        let (end, times) = (self.tip.size, &self.core.leaf_times);
        let places = times.places(self.connection, (end, verified), Some(row.asked_at), None)?;
        let mut filter = LeafFilter {
            object: Some(request.to_string()),
            since: Some(places.iter().map(|place| place.start).min().unwrap_or(end)),
            before: Some(before.map_or(end, |before| before.min(end))),
            ..LeafFilter::default()
        };
        // Who is no member is an auditor.
        let hides = self.grant.role().map(|_| read_by(&row.kind)).transpose()?;
        let mut words = Words::of(&self.reading);
        let mut beside = self.ended_by(case, &row)?;
        beside.retain(|leaf| filter.before.is_some_and(|before| leaf.seq < before));
        let (mut leaves, mut more) = (Vec::new(), true);
        while more && leaves.len() <= limit {
            let mut found = self.found_leaves(&filter, BATCH)?;
            more = found.len() == BATCH as usize;
            filter.before = found.last().map(|leaf| leaf.seq);
            let down_to = filter.before.filter(|_| more).unwrap_or(0);
            found.extend(beside.extract_if(.., |leaf| leaf.seq >= down_to));
            found.sort_by_key(|leaf| Reverse(leaf.seq));
            for leaf in found.into_iter().filter(|leaf| is_shown(leaf, hides)) {
                let detail = match leaves.len() < limit {
                    true => self.detail_of(&leaf)?,
                    // The one beyond the page says that there is another page.
                    false => Value::Null,
                };
                let mut words = words.beside(&leaf, &detail)?;
                // Why somebody was suspended, say, is not for everybody who may read the request.
                if hides.is_some() && leaf.object.as_deref() != Some(request.as_str()) {
                    words.reason = None;
                }
                leaves.push(RequestLeafView {
                    leaf: leaf.seq,
                    time: leaf.time.parse().map_err(|_| super::sealed::damaged())?,
                    action: leaf.action,
                    outcome: leaf.outcome,
                    kind: leaf.kind,
                    decision: leaf.decision,
                    operator: leaf.operator,
                    operator_name: words.operator_name,
                    role: leaf.role,
                    reason: words.reason,
                    destroyed: words.destroyed,
                    off_hours: words.off_hours,
                });
                if leaves.len() > limit {
                    break;
                }
            }
        }
        let is_last = leaves.len() <= limit;
        leaves.truncate(limit);
        let next = leaves.last().filter(|_| !is_last);
        Ok(RequestLeavesView {
            request: request.to_string(),
            kind: row.kind,
            case: case.id.clone(),
            title: self.describe(case)?.title,
            next: next.map(|last| last.leaf.to_string()),
            leaves,
        })
    }
}

impl<A: Action> Scope<'_, A> {
    /// The leaf of the act that ended a request among others, if one did, such as a hold: it is about the case or a
    /// member, and names no request.
    fn ended_by(&self, case: &CaseRow, row: &RequestRow) -> Result<Vec<Leaf>, OperationError> {
        let mut places: Vec<u64> = row.decided_leaf.into_iter().collect();
        if !self.core.is_destroyed(case) {
            places.extend(Outline::of(self.core, case, row)?.stopped_by);
        }
        places.retain(|seq| *seq < self.tip.size);
        let mut leaves = Vec::new();
        for seq in places {
            let leaf = self.one_leaf(seq)?;
            if leaf.object.as_deref() != Some(row.id.as_str()) {
                leaves.push(leaf);
            }
        }
        Ok(leaves)
    }
}

/// The action that reads a request of this kind.
pub(in crate::vault) fn read_by(kind: &str) -> Result<ActionKind, OperationError> {
    let found = REQUEST_KINDS.iter().find(|one| one.name == kind);
    found.map(|one| one.read).ok_or_else(super::sealed::damaged)
}

/// Whether a leaf is shown to somebody from whom the reading of the request is kept, or to an auditor.
fn is_shown(leaf: &Leaf, hides: Option<ActionKind>) -> bool {
    hides.is_none_or(|read| {
        let looked = [read, ActionKind::ListRequestLeaves];
        leaf.outcome == Outcome::Done && !looked.iter().any(|action| action.name() == leaf.action)
    })
}

/// Leaves that are read at once.
const BATCH: u32 = 128;
