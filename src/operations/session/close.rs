//! `DELETE /sessions/current`: ends the caller's session.

use crate::operations::{Docs, Done, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Ends the caller's session.
pub struct CloseSession;

impl Operation for CloseSession {
    type Action = actions::SignOut;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.close_session()?;
        Ok(Done)
    }
}

impl Request for CloseSession {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "closeSession",
        tag: "Sessions",
        summary: "Close the session",
        description: "Ends the session whose token was sent.",
        request: "",
        answer: "{}",
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
