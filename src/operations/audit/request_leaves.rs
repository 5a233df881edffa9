//! `GET /requests/{request}/leaves`: everything that was done under one request.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::RequestId;
use crate::domain::schema::LeafCursor;
use crate::operations::page::{limit_of, whole};
use crate::operations::{Docs, Ids, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::RequestLeavesView;
use crate::vault::{Operation, OperationError, Target};

/// The most leaves of one page.
const MOST: usize = 500;

/// Lists the leaves of a request, for those who may read it and for auditors.
pub struct ListRequestLeaves {
    request: RequestId,
    before: Option<u64>,
    limit: usize,
}

/// Which page of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestLeavesInput {
    /// The `next` of the page before.
    #[serde(default)]
    #[schema(value_type = Option<LeafCursor>)]
    pub after: Option<String>,
    /// How many at most: 1 to 500. 100 if it is left out.
    #[serde(default)]
    #[schema(pattern = "^([1-9][0-9]?|[1-4][0-9][0-9]|500)$")]
    pub limit: Option<String>,
}

impl Sheet for RequestLeavesView {
    const ROWS: &'static str = "leaves";
    const COLUMNS: &'static [&'static str] = &[
        "leaf",
        "time",
        "action",
        "outcome",
        "decision",
        "operator",
        "operator_name",
        "role",
        "reason",
        "off_hours",
    ];
}

impl Operation for ListRequestLeaves {
    type Action = actions::ListRequestLeaves;
    type Answer = RequestLeavesView;

    fn target(&self) -> Target {
        Target::Request(self.request.clone())
    }

    fn detail(&self) -> Value {
        json!({ "limit": self.limit })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RequestLeavesView, OperationError> {
        let listed = scope.request_leaves(&self.request, self.before, self.limit)?;
        scope.note_rows(listed.leaves.len() as u64);
        Ok(listed)
    }
}

impl Request for ListRequestLeaves {
    type Input = RequestLeavesInput;
    const DOCS: Docs = Docs {
        id: "listRequestLeaves",
        tag: "Audit",
        summary: "List what was done under a request",
        description: "The leaves of a request of any kind, newest first, a page at a time, also after it was decided \
            or has expired. Who may read the request sees what was done: asked, decided, opened, handed out, \
            acknowledged, with names and reasons. An auditor also sees who read it and what was refused.",
        request: "",
        answer: r#"{"request": "r_0123456789abcdefghjk", "kind": "reveal", "case": "c_0123456789abcdefghjk", "title":
            "Text message log", "leaves": [{"leaf": 44, "time": "2024-03-21T22:40:02Z", "action": "reveal.decide",
            "outcome": "done", "decision": "approve", "operator": "o_0123456789abcdefghjk", "operator_name":
            "lead.one", "role": "lead", "reason": "they have to be told today", "off_hours": true}], "next": null}"#,
        problems: &["not-found"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Request(ids.request()?))
    }

    fn read(ids: &Ids, input: RequestLeavesInput) -> Result<Self, OperationError> {
        let limit = input.limit.as_deref().map_or(Some(100), limit_of);
        let limit = limit.filter(|limit| (1..=MOST).contains(limit));
        let wrong = || OperationError::invalid("after", "must be the `next` of the page before");
        let before = input.after.map(|after| whole(&after).ok_or_else(wrong));
        Ok(Self {
            request: ids.request()?,
            before: before.transpose()?,
            limit: limit.ok_or_else(|| OperationError::invalid("limit", "must be 1 to 500"))?,
        })
    }
}
