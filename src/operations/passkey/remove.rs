//! `DELETE /me/passkeys/{passkey}`: removes a passkey of the caller.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::PasskeyId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Removes a passkey of the caller.
pub struct RemovePasskey(pub PasskeyId);

/// A passkey that was removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyRemoved {
    /// How many other sessions of the caller were ended.
    pub sessions_ended: usize,
}

impl Operation for RemovePasskey {
    type Action = actions::RemovePasskey;
    type Answer = PasskeyRemoved;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn detail(&self) -> Value {
        json!({ "passkey": self.0.as_str() })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<PasskeyRemoved, OperationError> {
        let sessions_ended = scope.remove_passkey(&self.0)?;
        Ok(PasskeyRemoved { sessions_ended })
    }
}

impl Request for RemovePasskey {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "removePasskey",
        tag: "Sessions",
        summary: "Remove one of the caller's passkeys",
        description: "Removes a passkey of the caller, who signs this with one of them; the other sessions of the caller \
            end. The last one stays, because without it a password and a code would be enough: enrol another one first. \
            A lost one is replaced by two administrators on the host (`breachvault operator reset-second-factor`).",
        request: "",
        answer: r#"{"sessions_ended": 0}"#,
        problems: &["last-passkey", "not-found"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.passkey()?))
    }
}
