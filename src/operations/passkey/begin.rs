//! `POST /me/passkeys/challenge`: what an authenticator needs to make a passkey.

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{PasskeyBegun, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Begins to enrol a passkey of the caller.
pub struct BeginPasskey;

impl Operation for BeginPasskey {
    type Action = actions::BeginPasskey;
    type Answer = PasskeyBegun;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<PasskeyBegun, OperationError> {
        scope.begin_passkey()
    }
}

impl Request for BeginPasskey {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "beginPasskey",
        tag: "Sessions",
        summary: "Begin to enrol a passkey",
        description: "What the caller's authenticator needs to make a passkey: the members of `publicKey` for \
            `navigator.credentials.create()`, with `pubKeyCredParams` ES256 (-7), `userVerification` required and \
            `residentKey` preferred. It is good for this session and for some minutes.",
        request: "",
        answer: r#"{"nonce": "AAAAAGYMcVAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "challenge":
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "relying_party": "vault.example", "user":
            "b18wMTIzNDU2Nzg5YWJjZGVmZ2hqaw", "name": "lead.one", "exclude": [], "seconds": 300}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
