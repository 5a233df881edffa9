//! The two requests without a session: to open one, and to use an invitation.

use std::net::IpAddr;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::ProblemKind;
use super::problem::Problem;
use crate::domain::schema::{Token, described, pattern};
use crate::domain::{Assertion, OperatorName};
use crate::operations::Docs;
use crate::policy::ActionKind;
use crate::vault::identity::{EnrolmentToken, NewPassword, Password, RecoveryCode, TotpCode};
use crate::vault::scope::RecoveryView;
use crate::vault::{
    InvitationUsed, OperationError, Recover, Reply, SessionOpened, SetSecondFactor, SignIn, Vault,
};

/// The JSON body of a request without a session.
pub(super) trait Open: DeserializeOwned + ToSchema {
    type Output: ToSchema;
    const ACTION: ActionKind;
    const DOCS: Docs;

    /// Runs the request. It is slow on purpose, because a password is hashed.
    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem>;
}

/// Who signs in, with a password and a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenSession {
    /// The name of the operator.
    name: String,
    /// The password of the operator.
    #[schema(value_type = String)]
    password: Password,
    /// The six digits of the second factor, if the operator has one.
    #[serde(default)]
    #[schema(value_type = Option<SixDigits>)]
    totp: Option<TotpCode>,
    /// What a passkey signed, if the operator has one: the nonce of `GET /sessions/challenge`, and base64url of the
    /// credential's id, `clientDataJSON`, `authenticatorData` and `signature`, with dots between.
    #[serde(default)]
    passkey: Option<String>,
}

enum SixDigits {}

described! {
    SixDigits as "TotpCode" => pattern("Six digits of the second factor.", "^[0-9]{6}$");
}

impl Open for OpenSession {
    type Output = SessionOpened;
    const ACTION: ActionKind = ActionKind::SignIn;
    const DOCS: Docs = Docs {
        id: "openSession",
        tag: "Sessions",
        summary: "Open a session",
        description: "Name, password and, where there is a second factor, its code; for whoever has a passkey, what that \
            signed in its place. The token is shown once.",
        request: r#"{"name": "lead.one", "password": "correct horse battery", "totp": "287082"}"#,
        answer: r#"{"token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "expires_at":
            "2024-03-21T22:34:49Z", "idle_at": "2024-03-21T15:04:49Z", "operator": "o_0123456789abcdefghjk"}"#,
        problems: &["wrong-credential", "second-factor-needed"],
    };

    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem> {
        let (attempt, assertion) = self.attempt(address)?;
        Ok(match assertion {
            Some(assertion) => vault.sign_in_with(attempt, assertion)??,
            None => vault.sign_in(attempt)??,
        })
    }
}

impl OpenSession {
    fn attempt(self, address: Option<IpAddr>) -> Result<(SignIn, Option<Assertion>), Problem> {
        let wrong = || Problem::new(ProblemKind::WrongCredential);
        // A name that no operator can have gets the same answer as a wrong name.
        let name = OperatorName::parse(&self.name).map_err(|_| wrong())?;
        let passkey = self.passkey.filter(|text| !text.is_empty());
        let assertion = passkey.map(|text| Assertion::parse(&text)).transpose();
        let attempt = SignIn {
            name,
            password: self.password,
            totp: self.totp,
            address,
        };
        Ok((attempt, assertion.map_err(|_| wrong())?))
    }
}

/// Who signs in by a page, for a session that the API does not take.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(super) struct OpenConsoleSession(OpenSession);

impl Open for OpenConsoleSession {
    type Output = SessionOpened;
    const ACTION: ActionKind = ActionKind::SignIn;
    const DOCS: Docs = OpenSession::DOCS;

    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem> {
        let (attempt, assertion) = self.0.attempt(address)?;
        Ok(match assertion {
            Some(assertion) => vault.sign_in_to_console_with(attempt, assertion)??,
            None => vault.sign_in_to_console(attempt)??,
        })
    }
}

/// Who lost their passkeys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecoverAccount {
    /// The name of the operator.
    name: String,
    /// The password of the operator.
    #[schema(value_type = String)]
    password: Password,
    /// The recovery code that came with the newest passkey.
    #[schema(value_type = Token)]
    code: String,
}

impl Open for RecoverAccount {
    type Output = RecoveryView;
    const ACTION: ActionKind = ActionKind::Recover;
    const DOCS: Docs = Docs {
        id: "recoverAccount",
        tag: "Sessions",
        summary: "Recover an account whose passkeys are lost",
        description: "Name, password and the recovery code. The first call begins a delay, which leads and \
            administrators see and can stop; until it is over nothing opens. The same call after it (and for a week) \
            opens a session of a quarter of an hour that is good for enrolling a passkey and for nothing else. With that \
            passkey the old ones go. Whoever signs in with a passkey meanwhile ends it. The code is used up either way.",
        request: r#"{"name": "lead.one", "password": "correct horse battery", "code":
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        answer: r#"{"operator": "o_0123456789abcdefghjk", "not_before": "2024-03-22T14:34:49Z", "left_s": 86400,
            "token": null, "expires_at": null}"#,
        problems: &["wrong-credential"],
    };

    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem> {
        Ok(vault.recover(self.asked(address, false)?)??)
    }
}

impl RecoverAccount {
    fn asked(self, address: Option<IpAddr>, for_console: bool) -> Result<Recover, Problem> {
        let wrong = || Problem::new(ProblemKind::WrongCredential);
        let name = OperatorName::parse(&self.name).map_err(|_| wrong())?;
        let code = RecoveryCode::parse(&self.code).map_err(|_| wrong())?;
        Ok(Recover {
            name,
            password: self.password,
            code,
            address,
            for_console,
        })
    }
}

/// The same by a page.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(super) struct RecoverInConsole(RecoverAccount);

impl Open for RecoverInConsole {
    type Output = RecoveryView;
    const ACTION: ActionKind = ActionKind::Recover;
    const DOCS: Docs = RecoverAccount::DOCS;

    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem> {
        Ok(vault.recover(self.0.asked(address, true)?)??)
    }
}

/// An invitation to use, and the password to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUpSecondFactor {
    name: String,
    #[schema(value_type = String)]
    password: Password,
}

impl Open for SetUpSecondFactor {
    type Output = InvitationUsed;
    const ACTION: ActionKind = ActionKind::SetSecondFactor;
    const DOCS: Docs = Docs {
        id: "setUpSecondFactor",
        tag: "Sessions",
        summary: "Set up a second factor",
        description: "For an operator who enrolled without one. The secret is shown once; until its first code \
            was used it can be set up again. It opens no session.",
        request: r#"{"name": "lead.one", "password": "correct horse battery"}"#,
        answer: r#"{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "totp_secret":
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "totp_url": "otpauth://totp/breachvault:lead.one"}"#,
        problems: &["wrong-credential"],
    };

    fn run(self, vault: &Vault, address: Option<IpAddr>) -> Result<Reply, Problem> {
        let name = OperatorName::parse(&self.name)
            .map_err(|_| Problem::new(ProblemKind::WrongCredential))?;
        let asked = SetSecondFactor {
            name,
            password: self.password,
            address,
        };
        Ok(vault.set_second_factor(asked)??)
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UseInvitation {
    /// The token of the invitation.
    enrolment: String,
    /// The new password, 12 to 256 characters.
    #[schema(value_type = String, min_length = 12, max_length = 256)]
    password: Password,
    /// Whether to set up a second factor; must be true if the role needs one.
    #[serde(default)]
    totp: bool,
}

impl Open for UseInvitation {
    type Output = InvitationUsed;
    const ACTION: ActionKind = ActionKind::Enrol;
    const DOCS: Docs = Docs {
        id: "useInvitation",
        tag: "Sessions",
        summary: "Use an invitation",
        description: "Sets the password of an invited operator. The secret of a second factor is shown once.",
        request: r#"{"enrolment": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "password":
            "correct horse battery", "totp": true}"#,
        answer: r#"{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "totp_secret": null,
            "totp_url": null}"#,
        problems: &["wrong-credential"],
    };

    fn run(self, vault: &Vault, _: Option<IpAddr>) -> Result<Reply, Problem> {
        let enrolment = EnrolmentToken::parse(&self.enrolment)
            .map_err(|_| Problem::new(ProblemKind::WrongCredential))?;
        let password = NewPassword::parse(self.password)
            .map_err(|error| OperationError::invalid("password", error))?;
        if !vault.knows_invitation(&enrolment)? {
            return Err(Problem::new(ProblemKind::WrongCredential));
        }
        Ok(vault.enrol(&enrolment, password, self.totp)?)
    }
}
