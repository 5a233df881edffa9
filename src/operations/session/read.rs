//! `GET /me`: who the caller is, their cases, and what is left of their budgets.

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Scope, SelfView};
use crate::vault::{Operation, OperationError, Target};

/// Reads who the caller is, their cases, and what is left of their budgets.
pub struct ReadSelf;

impl Operation for ReadSelf {
    type Action = actions::ReadSelf;
    type Answer = SelfView;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SelfView, OperationError> {
        scope.read_self()
    }
}

impl Request for ReadSelf {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readSelf",
        tag: "Sessions",
        summary: "Read who the caller is",
        description: "The operator behind the session, their cases, and what is left of their budgets. The lookup \
            budget also pays for requests: a custodian's for asking that an exhibit is withdrawn.",
        request: "",
        answer: r#"{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role": "lead",
            "session": "s_0123456789abcdefghjk", "expires_at": "2024-03-21T22:34:49Z", "cases":
            [{"case": "c_0123456789abcdefghjk", "title": "Text message log", "role": "lead", "lookup_budget": 250,
            "view_budget": 20000}]}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
