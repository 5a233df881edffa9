//! `GET /cases/{case}/overview`: one case at a glance.

use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{OverviewView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Reads this case at a glance: what is in it, and what waits in it.
pub struct ReadOverview(pub CaseId);

impl Operation for ReadOverview {
    type Action = actions::ReadOverview;
    type Answer = OverviewView;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OverviewView, OperationError> {
        scope.read_overview()
    }
}

impl Request for ReadOverview {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readOverview",
        tag: "Cases",
        summary: "Read a case at a glance",
        description: "The case, how many records it has and from when to when they were sent, what waits for the \
            caller in it, and how far the audit log was checked. A liaison is told this of its account. It costs nothing.",
        request: "",
        answer: r#"{"case": "c_0123456789abcdefghjk", "title": "Text message log", "reference":
            "IR-2024-17", "state": "open", "opened_at": "2024-03-21T22:34:49Z", "role": "lead",
            "exhibits": 1, "numbers": 700000, "quarantined": 12, "basis": {"exhibits": 1, "records": 5000000, "span":
            {"first": "2024-03-01T00:04:11Z", "last": "2024-03-31T23:58:40Z"}, "quarantined": 12}, "integrity": {"size": 41,
            "root": "qlNmCsQmLH2C0lq8+1lGgGMq2hjrNTsV8Yu1TnJ7aPw=", "verified": {"at": "2024-03-21T22:30:00Z", "size": 40,
            "by": "audit.search"},
            "marked": 39}, "waiting": []}"#,
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
