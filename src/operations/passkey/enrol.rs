//! `POST /me/passkeys`: enrols a passkey of the caller.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{Making, Title};
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::identity::{Password, TotpCode};
use crate::vault::scope::{OwnPassword, PasskeyEnrolled, PasskeyWanted, Reading, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Enrols a passkey of the caller.
pub struct EnrolPasskey {
    wanted: PasskeyWanted,
    password: Password,
    totp: Option<TotpCode>,
    checked: Option<OwnPassword>,
}

/// A passkey that was made, and the caller's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolPasskeyInput {
    /// What its owner calls it.
    #[schema(value_type = Title)]
    pub label: String,
    /// The password that the caller signs in with. Whoever comes in by a provider has none: for their first passkey
    /// they have just done so.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub password: Option<Password>,
    /// The six digits of the second factor, of whoever has one and no passkey yet. A code works once.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}$")]
    pub totp: Option<TotpCode>,
    /// The nonce of the challenge.
    pub nonce: String,
    /// `response.clientDataJSON`, base64url.
    pub client_data: String,
    /// What `response.getAuthenticatorData()` gives, base64url.
    pub authenticator_data: String,
}

impl Operation for EnrolPasskey {
    type Action = actions::EnrolPasskey;
    type Answer = PasskeyEnrolled;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn detail(&self) -> Value {
        let made = digest(&SHA256, &self.wanted.making.authenticator_data);
        json!({ "label": self.wanted.label.as_str(), "made": STANDARD.encode(made) })
    }

    /// Hashing is slow on purpose.
    const PREPARES: bool = true;

    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError> {
        self.checked = Some(reading.check_own_password(&self.password, self.totp.as_ref())?);
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<PasskeyEnrolled, OperationError> {
        let unchecked = OperationError::Internal("the password was not checked");
        scope.enrol_passkey(&self.wanted, self.checked.ok_or(unchecked)?)
    }
}

impl Request for EnrolPasskey {
    type Input = EnrolPasskeyInput;
    const DOCS: Docs = Docs {
        id: "enrolPasskey",
        tag: "Sessions",
        summary: "Enrol a passkey",
        description: "Enrols what the caller's authenticator made for the challenge of `POST /me/passkeys/challenge`. \
            The password is asked for again, but of whoever came in by a provider a moment ago; whoever has a passkey signs this with one, and whoever has only a second \
            factor gives a code of it. From the first one on, the \
            account is entered with a passkey only, no code counts any more, and the acts that matter are signed one by \
            one; this session goes on, the caller's others end. At most 8. The answer has a new recovery code, which takes the \
            place of the one before.",
        request: r#"{"label": "blue key", "password": "correct horse battery", "nonce": "AAAAAGYMcVAAAA", "client_data":
            "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0", "authenticator_data": "SZYN5YgOjGh0NBcPZHZgW4"}"#,
        answer: r#"{"passkey": "p_0123456789abcdefghjk", "recovery_code":
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "sessions_ended": 1}"#,
        problems: &["wrong-credential", "passkey-known", "too-many-passkeys"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: EnrolPasskeyInput) -> Result<Self, OperationError> {
        let label = Title::parse(&input.label);
        let label = label.map_err(|error| OperationError::invalid("label", error))?;
        let making = Making::parse(&input.client_data, &input.authenticator_data);
        let rule = "must be base64url, as the authenticator said it";
        let making = making.map_err(|_| OperationError::invalid("client_data", rule))?;
        Ok(Self {
            wanted: PasskeyWanted {
                label,
                nonce: input.nonce,
                making,
            },
            password: input
                .password
                .unwrap_or_else(|| Password::new(String::new())),
            totp: input.totp,
            checked: None,
        })
    }
}
