//! What can be asked without a session: to open one, and to use an invitation.

use std::net::IpAddr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ProblemKind;
use super::problem::Problem;
use crate::domain::OperatorName;
use crate::policy::ActionKind;
use crate::vault::identity::{EnrolmentToken, NewPassword, Password, TotpCode};
use crate::vault::{OperationError, Reply, SignIn, Vault};

/// A JSON body that somebody without a session may send.
pub(super) trait Open: DeserializeOwned + ToSchema {
    type Output: ToSchema;
    const ACTION: ActionKind;
    const SUMMARY: &'static str;

    /// Slow on purpose: a password is hashed.
    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem>;
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenSession {
    name: String,
    #[schema(value_type = String)]
    password: Password,
    /// Six digits, where the operator has a second factor.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    totp: Option<TotpCode>,
}

/// A session; the token is shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionOpened {
    pub(super) token: String,
    pub(super) expires_at: String,
    pub(super) operator: String,
}

impl Open for OpenSession {
    type Output = SessionOpened;
    const ACTION: ActionKind = ActionKind::SignIn;
    const SUMMARY: &'static str = "Open a session";

    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem> {
        // A name that no operator can have is a wrong name, not another kind of answer.
        let name = OperatorName::parse(&self.name)
            .map_err(|_| Problem::new(ProblemKind::WrongCredential))?;
        let attempt = SignIn {
            name,
            password: self.password,
            totp: self.totp,
            address,
        };
        Ok(vault.sign_in(attempt)??)
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UseInvitation {
    /// The token of the invitation.
    enrolment: String,
    /// 12 to 256 characters.
    #[schema(value_type = String)]
    password: Password,
    /// Whether to set up a second factor.
    #[serde(default)]
    totp: bool,
}

/// Who enrolled; the second factor's secret is shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationUsed {
    pub(super) operator: String,
    pub(super) name: String,
    pub(super) totp_secret: Option<String>,
    pub(super) totp_url: Option<String>,
}

impl Open for UseInvitation {
    type Output = InvitationUsed;
    const ACTION: ActionKind = ActionKind::Enrol;
    const SUMMARY: &'static str = "Use an invitation: set a password";

    fn run(self, vault: &Vault, _: Option<IpAddr>) -> Result<Reply, Problem> {
        let enrolment = EnrolmentToken::parse(&self.enrolment)
            .map_err(|_| Problem::new(ProblemKind::WrongCredential))?;
        let password = NewPassword::parse(self.password)
            .map_err(|error| OperationError::invalid("password", error))?;
        Ok(vault.enrol(&enrolment, password, self.totp)?)
    }
}
