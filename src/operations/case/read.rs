//! `GET /cases/{case}`: one case.

use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{CaseView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Reads this case.
pub struct ReadCase(pub CaseId);

impl Operation for ReadCase {
    type Action = actions::ReadCase;
    type Answer = CaseView;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CaseView, OperationError> {
        scope.read_case()
    }
}

impl Request for ReadCase {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readCase",
        tag: "Cases",
        summary: "Read a case",
        description: "One case. Anybody who is not a member gets `not-found`.",
        request: "",
        answer: r#"{"case": "c_0123456789abcdefghjk", "title": "Text message log", "reference":
            "IR-2024-17", "state": "open", "opened_at": "2024-03-21T22:34:49Z", "role": "lead",
            "exhibits": 1, "numbers": 700000, "quarantined": 12, "quarantined_by_kind": [{"kind":
            "not-a-number", "rows": 12}]}"#,
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
