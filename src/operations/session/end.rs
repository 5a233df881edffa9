//! `DELETE /sessions/{session}`: ends one of the caller's sessions.

use crate::domain::SessionId;
use crate::operations::{Docs, Done, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Ends one of the caller's open sessions.
pub struct EndSession(pub SessionId);

impl Operation for EndSession {
    type Action = actions::EndSession;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Session(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.end_session(&self.0)?;
        Ok(Done)
    }
}

impl Request for EndSession {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "endSession",
        tag: "Sessions",
        summary: "End one of the caller's sessions",
        description: "Ends an open session of the caller, on this device or another. Another operator's session is \
            answered like one that is not there; an administrator ends it by revoking the account.",
        request: "",
        answer: "{}",
        problems: &["not-found"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Session(ids.session()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.session()?))
    }
}
