//! `GET /me`: who the caller is, their cases, and what is left of their budgets.

use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::{Scope, SelfView, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Reads who the caller is, their cases, and what is left of their budgets.
pub struct ReadSelf(pub WantedRows);

impl Sheet for SelfView {
    const ROWS: &'static str = "cases";
    const COLUMNS: &'static [&'static str] = &[
        "case",
        "title",
        "role",
        "lookup_budget",
        "view_budget",
        "frozen_until",
    ];
}

impl Operation for ReadSelf {
    type Action = actions::ReadSelf;
    type Answer = SelfView;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SelfView, OperationError> {
        scope.read_self(&self.0)
    }
}

impl Request for ReadSelf {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "readSelf",
        tag: "Sessions",
        summary: "Read who the caller is",
        description: "The operator behind the session, the fingerprint that they read out to a lead, their cases, and what is \
            left of their budgets. In the cases of `unrecognised_in` they have no right yet (`recogniseMember`). The lookup \
            budget also pays for requests: a custodian's for asking that an exhibit is withdrawn.",
        request: "",
        answer: r#"{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role": "lead",
            "session": "s_0123456789abcdefghjk", "expires_at": "2024-03-21T22:34:49Z",
            "idle_at": "2024-03-21T15:04:49Z", "fingerprint": "7K3M-9QTX-2BWD", "unrecognised_in": [], "cases":
            [{"case": "c_0123456789abcdefghjk", "title": "Text message log", "state": "open", "role": "lead",
            "lookup_budget": 250, "lookup_most": 250,
            "view_budget": 20000, "view_most": 20000}], "next": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self(input.wanted()?))
    }
}
