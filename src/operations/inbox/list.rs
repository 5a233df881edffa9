//! `GET /inbox`: what waits for the caller, across all cases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::requests::WaitingView;
use crate::vault::scope::{Scope, SelfView, TaskView, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// How many of the caller's cases come with what waits.
const CASES: usize = 100;

/// Lists what waits for the caller in all their cases.
pub struct ListInbox(pub WantedRows);

/// Who the caller is, and what waits for them.
#[derive(Serialize, ToSchema)]
pub struct Inbox {
    /// As in `GET /me`, with the first hundred cases.
    pub me: SelfView,
    /// What the caller may decide, then what they may use, then what they asked for. What ends first comes first.
    pub waiting: Vec<WaitingView>,
    /// What else waits and is no request: a clock in doubt, lookups that are frozen, leads who are suspended, a
    /// destroyed case that cannot be ended, a change of the keyring's slots.
    pub tasks: Vec<TaskView>,
    /// The `after` of the next page of requests; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for Inbox {
    const ROWS: &'static str = "waiting";
    const COLUMNS: &'static [&'static str] = &[
        "case",
        "title",
        "kind",
        "request",
        "waits_for",
        "state",
        "asked_by",
        "asked_at",
        "expires_at",
        "decided_by",
        "decided_at",
        "purpose",
        "reason",
        "decision_reason",
        "member",
        "member_role",
    ];
}

impl Operation for ListInbox {
    type Action = actions::ListInbox;
    type Answer = Inbox;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Inbox, OperationError> {
        let me = scope.read_self(&WantedRows {
            after: None,
            limit: CASES,
        })?;
        let page = scope.list_inbox(&self.0)?;
        Ok(Inbox {
            me,
            waiting: page.rows,
            tasks: scope.list_tasks()?,
            next: page.next,
        })
    }
}

impl Request for ListInbox {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "listInbox",
        tag: "Sessions",
        summary: "List what waits for the caller",
        description: "Requests in all cases of the caller: those they may decide, those that were approved and that \
            they may open or hand out, and those they asked for. Beside them what else the caller can do something about: \
            accept a time, thaw lookups, lift a suspension. It says who asked and why, and nothing of what a \
            request is about; reading the request does. Only a membership says whom it names and for which role. It \
            costs nothing.",
        request: "",
        answer: r#"{"me": {"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role": "lead", "session":
            "s_0123456789abcdefghjk", "expires_at": "2024-03-21T22:34:49Z",
            "idle_at": "2024-03-21T15:04:49Z", "fingerprint": "7K3M-9QTX-2BWD", "unrecognised_in": [],
            "cases": [{"case": "c_0123456789abcdefghjk", "title": "Text message log", "state": "open", "role": "lead",
            "lookup_budget": 250, "lookup_most": 250, "view_budget": 20000, "view_most": 20000}], "next": null},
            "waiting": [{"case": "c_0123456789abcdefghjk", "title": "Text message log",
            "kind": "reveal", "request": "r_0123456789abcdefghjk", "waits_for": "your-decision", "state":
            "requested", "asked_by": "investigator", "asked_at": "2024-03-21T22:34:49Z", "expires_at":
            "2024-03-22T22:34:49Z", "decided_by": null, "decided_at": null, "purpose": "notification", "reason":
            "they have to be told today", "decision_reason": null}], "tasks": [{"kind": "thaw", "yours": true, "case":
            "c_0123456789abcdefghjk", "title": "Text message log", "operator": "o_0123456789abcdefghjk", "name":
            "investigator", "until": "2024-03-22T22:34:49Z"}], "next": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self(input.wanted()?))
    }
}
