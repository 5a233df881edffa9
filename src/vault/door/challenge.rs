//! A challenge for one act, which the caller describes by the act's own request.
//!
//! Whoever may not do the act gets the act's refusal, and no challenge.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use utoipa::ToSchema;

use super::asserted::statement;
use super::deed::Deed;
use super::operation::Operation;
use crate::policy::{Action, ActionKind, actions};
use crate::vault::call::target::{Target, Why};
use crate::vault::error::OperationError;
use crate::vault::identity::{CHALLENGE_S, OperatorSecrets};
use crate::vault::scope::Scope;
use crate::vault::store::operator_rows;

/// Asks for the challenge of an act, which is not done.
pub struct AskChallenge<O>(pub O);

/// What a passkey is to sign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Challenge)]
pub struct ChallengeView {
    /// Sent back as the first part of the assertion.
    pub nonce: String,
    /// What the authenticator signs: SHA-256 over the statement, base64url.
    pub challenge: String,
    /// The statement, canonical JSON: what the person agrees to.
    pub statement: String,
    /// What salts the digest `request` of the statement, base64: 32 bytes before everything else that is sent.
    pub salt: String,
    /// The id of the relying party: the name at which the vault is opened.
    pub relying_party: String,
    /// The caller's passkeys as their authenticators call them, base64url.
    pub credentials: Vec<String>,
    /// For how many seconds the challenge can be answered.
    pub seconds: i64,
}

impl<O: Operation> Operation for AskChallenge<O> {
    type Action = actions::AskChallenge;
    type Answer = ChallengeView;

    fn target(&self) -> Target {
        Operation::target(&self.0)
    }

    /// The reason is that of the act, and goes into its leaf.
    fn why(&self) -> Option<&Why> {
        None
    }

    fn detail(&self) -> serde_json::Value {
        serde_json::json!({ "action": O::Action::KIND.name() })
    }

    fn also(&self) -> Option<ActionKind> {
        Some(O::Action::KIND)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ChallengeView, OperationError> {
        challenge(scope, &self.0)
    }
}

fn challenge(
    scope: &Scope<'_, actions::AskChallenge>,
    deed: &dyn Deed,
) -> Result<ChallengeView, OperationError> {
    if !deed.kind().needs_assertion() {
        return Err(OperationError::invalid(
            "passkey-assertion",
            "is for no such act",
        ));
    }
    let nonce = scope
        .core
        .challenges
        .nonce(&*scope.core.entropy, scope.core.clock.measured())?;
    let statement = statement(
        scope.core,
        scope.connection,
        scope.caller,
        scope.case,
        deed,
        &nonce,
    )?;
    let unwritten = OperationError::Internal("the statement of an act");
    let (Some(bytes), Some(challenge)) = (statement.to_bytes(), statement.challenge()) else {
        return Err(unwritten);
    };
    let row = operator_rows::find(scope.connection, scope.operator()?)?;
    let row = row.ok_or(OperationError::NotFound)?;
    let secrets = OperatorSecrets::open(&scope.core.keys(), &row)?;
    Ok(ChallengeView {
        salt: STANDARD.encode(scope.core.challenges.salt(&nonce)),
        nonce,
        challenge: URL_SAFE_NO_PAD.encode(challenge),
        statement: String::from_utf8(bytes).map_err(|_| unwritten)?,
        relying_party: scope.core.settings.relying_party.id().to_owned(),
        credentials: secrets.credentials(),
        seconds: CHALLENGE_S,
    })
}
