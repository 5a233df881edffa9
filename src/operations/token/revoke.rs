//! `DELETE /tokens/{token}`: the end of a script's token.

use crate::domain::SessionId;
use crate::operations::{Docs, Done, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Ends the token of a script.
pub struct RevokeToken(SessionId);

impl Operation for RevokeToken {
    type Action = actions::RevokeToken;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.revoke_token(&self.0)?;
        Ok(Done)
    }
}

impl Request for RevokeToken {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "revokeToken",
        tag: "Sessions",
        summary: "Revoke the token of a script",
        description: "It is good for nothing from now on. Its owner does this, or an administrator; to anybody else it is \
            like one that is not there.",
        request: "",
        answer: "{}",
        problems: &["not-found"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.token()?))
    }
}
