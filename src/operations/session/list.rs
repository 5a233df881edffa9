//! `GET /sessions`: the caller's open sessions.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::{Scope, SessionView, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Lists the caller's open sessions.
pub struct ListSessions(pub WantedRows);

/// A page of the caller's open sessions.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// The sessions, newest first.
    pub sessions: Vec<SessionView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for SessionList {
    const ROWS: &'static str = "sessions";
    const COLUMNS: &'static [&'static str] = &[
        "session",
        "opened_at",
        "expires_at",
        "idle_at",
        "second_factor",
        "current",
    ];
}

impl Operation for ListSessions {
    type Action = actions::ListSessions;
    type Answer = SessionList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SessionList, OperationError> {
        let page = scope.list_sessions(&self.0)?;
        Ok(SessionList {
            sessions: page.rows,
            next: page.next,
        })
    }
}

impl Request for ListSessions {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "listSessions",
        tag: "Sessions",
        summary: "List the caller's sessions",
        description: "The caller's own sessions that are open, newest first. A session ends at `expires_at` \
            whatever is done in it, and at `idle_at` if nothing is done in it. One that is not yours says that somebody \
            else has your password: end it, and have your account revoked.",
        request: "",
        answer: r#"{"sessions": [{"session": "s_0123456789abcdefghjk", "opened_at": "2024-03-21T22:34:49Z",
            "expires_at": "2024-03-22T06:34:49Z", "idle_at": "2024-03-21T23:04:49Z", "second_factor": true, "current": true}], "next": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self(input.wanted()?))
    }
}
