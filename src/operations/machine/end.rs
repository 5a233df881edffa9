//! `DELETE /machines/{machine}`: the end of a machine.

use crate::domain::SessionId;
use crate::operations::{Docs, Done, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Ends a machine.
pub struct EndMachine(SessionId);

impl Operation for EndMachine {
    type Action = actions::EndMachine;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.revoke_token(&self.0)?;
        Ok(Done)
    }
}

impl Request for EndMachine {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "endMachine",
        tag: "Sessions",
        summary: "End a machine",
        description: "It is good for nothing from its next request on, also on connections that are open. Its owner does \
            this, or an administrator; to anybody else it is like one that is not there.",
        request: "",
        answer: "{}",
        problems: &["not-found"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.machine()?))
    }
}
