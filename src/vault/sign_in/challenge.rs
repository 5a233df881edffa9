//! What a passkey signs at a sign-in. Anybody may ask for it, it says nothing, and nothing is kept for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use super::unauthenticated::Unauthenticated;
use crate::vault::door::Vault;
use crate::vault::identity::CHALLENGE_S;
use crate::vault::scope::sign_in_statement;

/// What a passkey is to sign at a sign-in. It names no account and no passkey.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInChallenge {
    /// Sent back as the first part of the assertion.
    pub nonce: String,
    /// What the authenticator signs, base64url.
    pub challenge: String,
    /// The id of the relying party: the name at which the vault is opened.
    pub relying_party: String,
    /// For how many seconds it can be answered.
    pub seconds: i64,
}

impl Vault {
    /// A challenge for whoever wants to sign in.
    pub fn sign_in_challenge(&self) -> Result<SignInChallenge, Unauthenticated> {
        let now = self.core.clock.measured();
        let nonce = self.core.challenges.nonce(&*self.core.entropy, now);
        let nonce = nonce.map_err(|_| Unauthenticated::Unavailable)?;
        let challenge = sign_in_statement(&nonce).challenge();
        let challenge = challenge.ok_or(Unauthenticated::Unavailable)?;
        Ok(SignInChallenge {
            nonce,
            challenge: URL_SAFE_NO_PAD.encode(challenge),
            relying_party: self.core.settings.relying_party.id().to_owned(),
            seconds: CHALLENGE_S,
        })
    }
}
