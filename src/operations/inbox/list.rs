//! `GET /inbox`: what waits for the caller, across all cases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::requests::WaitingView;
use crate::vault::scope::{Scope, SelfView};
use crate::vault::{Operation, OperationError, Target};

/// Lists what waits for the caller in all their cases.
pub struct ListInbox;

/// Who the caller is, and what waits for them.
#[derive(Serialize, ToSchema)]
pub struct Inbox {
    /// As in `GET /me`.
    pub me: SelfView,
    /// What the caller may decide, then what they may use, then what they asked for. What ends first comes first.
    pub waiting: Vec<WaitingView>,
}

impl Operation for ListInbox {
    type Action = actions::ListInbox;
    type Answer = Inbox;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Inbox, OperationError> {
        Ok(Inbox {
            me: scope.read_self()?,
            waiting: scope.list_inbox()?,
        })
    }
}

impl Request for ListInbox {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "listInbox",
        tag: "Sessions",
        summary: "List what waits for the caller",
        description: "Requests in all cases of the caller: those they may decide, those that were approved and that \
            they may open or hand out, and those they asked for. It says who asked and why, and nothing of what a \
            request is about; reading the request does. It costs nothing.",
        request: "",
        answer: r#"{"me": {"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role": "lead", "session":
            "s_0123456789abcdefghjk", "expires_at": "2024-03-21T22:34:49Z", "cases": [{"case":
            "c_0123456789abcdefghjk", "title": "Text message log", "role": "lead", "lookup_budget": 250,
            "view_budget": 20000}]}, "waiting": [{"case": "c_0123456789abcdefghjk", "title": "Text message log",
            "kind": "reveal", "request": "r_0123456789abcdefghjk", "waits_for": "your-decision", "state":
            "requested", "asked_by": "investigator", "asked_at": "2024-03-21T22:34:49Z", "expires_at":
            "2024-03-22T22:34:49Z", "decided_by": null, "decided_at": null, "purpose": "notification", "reason":
            "they have to be told today", "decision_reason": null}]}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
