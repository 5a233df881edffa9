//! The demo's people: one for each role and a second lead, with random passwords.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::authenticator;
use super::kept::KeptPerson;
use crate::cli::error::CliError;
use crate::cli::{answer, init, streams};
use crate::domain::{HomeRole, Moment, OperatorId, OperatorName};
use crate::operations::operator::AddOperator;
use crate::policy::Denial;
use crate::vault::clock::{Clock, SystemClock};
use crate::vault::entropy::{SystemEntropy, draw};
use crate::vault::identity::{EnrolmentToken, Password, SessionToken, TotpCode};
use crate::vault::scope::Invitation;
use crate::vault::{Caller, Refusal, SignIn, Vault};

pub(super) struct Cast {
    pub(super) people: Vec<Person>,
}

/// A person and what they sign in with.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) role: HomeRole,
    pub(super) operator: OperatorId,
    pub(super) password: Zeroizing<String>,
    pub(super) totp_secret: Option<Zeroizing<String>>,
    /// The token of the one session the demo opens for them.
    pub(super) token: Zeroizing<String>,
}

impl Cast {
    /// The administrator enrols, then invites everybody else. With `totp` everybody gets a second
    /// factor, otherwise those who need one.
    pub(super) fn enrol(
        vault: &Vault,
        invitation: &Invitation,
        totp: bool,
    ) -> Result<Self, CliError> {
        streams::words("enrolling the operators");
        let administrator = Person::enrol(
            vault,
            ADMINISTRATOR,
            HomeRole::Administrator,
            &invitation.enrolment,
            totp,
        )?;
        let caller = administrator.caller(vault)?;
        let mut people = Vec::with_capacity(OTHERS.len() + 1);
        for (name, role) in OTHERS {
            let added = AddOperator {
                name: operator_name(name)?,
                role,
            };
            let added: Added = answer::read(vault.perform(&caller, added)?)?;
            let token = EnrolmentToken::parse(&added.enrolment)
                .map_err(|_| CliError::failed("the enrolment token could not be read"))?;
            people.push(Person::enrol(vault, name, role, &token, totp)?);
        }
        people.push(administrator);
        Ok(Self { people })
    }

    /// The people of a demo that was stopped, each with a new session.
    pub(super) fn sign_in_again(vault: &Vault, kept: Vec<KeptPerson>) -> Result<Self, CliError> {
        let roles = OTHERS
            .into_iter()
            .chain([(ADMINISTRATOR, HomeRole::Administrator)]);
        let mut people = Vec::with_capacity(kept.len());
        for (name, role) in roles {
            let found = kept.iter().find(|person| person.name == name);
            let person =
                found.ok_or_else(|| CliError::failed("a person is missing in the demo"))?;
            let password = Zeroizing::new(person.password.clone());
            let totp_secret = person.totp_secret.clone().map(Zeroizing::new);
            let token = open_session(vault, name, &password, totp_secret.as_ref())
                .map_err(|refused| signs_in_no_more(name, totp_secret.is_some(), refused))?;
            people.push(Person {
                name,
                role,
                operator: person
                    .operator
                    .parse()
                    .map_err(|_| CliError::failed("the operator's id could not be read"))?,
                password,
                totp_secret,
                token,
            });
        }
        Ok(Self { people })
    }

    pub(super) fn administrator_name() -> Result<OperatorName, CliError> {
        operator_name(ADMINISTRATOR)
    }

    pub(super) fn person(&self, name: &str) -> Result<&Person, CliError> {
        self.people
            .iter()
            .find(|person| person.name == name)
            .ok_or_else(|| CliError::failed("a person is missing in the demo"))
    }
}

impl Person {
    /// What is kept of them, so that a stopped demo can be resumed.
    pub(super) fn kept(&self) -> KeptPerson {
        KeptPerson {
            name: self.name.to_owned(),
            operator: self.operator.to_string(),
            password: String::clone(&self.password),
            totp_secret: self.totp_secret.as_deref().cloned(),
        }
    }

    fn enrol(
        vault: &Vault,
        name: &'static str,
        role: HomeRole,
        token: &EnrolmentToken,
        totp: bool,
    ) -> Result<Self, CliError> {
        let password = secret()?;
        let totp = totp || vault.settings().second_factor.is_needed_by(role);
        let new = init::new_password(&mut String::clone(&password))?;
        let enrolled: Enrolled = answer::read(vault.enrol(token, new, totp)?)?;
        let totp_secret = enrolled.totp_secret.map(Zeroizing::new);
        let token = open_session(vault, name, &password, totp_secret.as_ref())?;
        Ok(Self {
            name,
            role,
            operator: enrolled
                .operator
                .parse()
                .map_err(|_| CliError::failed("the operator's id could not be read"))?,
            password,
            totp_secret,
            token,
        })
    }

    /// What they do.
    pub(super) fn does(&self) -> &'static str {
        match self.name {
            "investigator" => "looks up, searches, asks for reveals and exports",
            "lead.one" => "opened the case; decides other people's requests",
            "lead.two" => "decides the requests of lead.one",
            "custodian" => "admits exhibits, decides exports, hands out packages",
            "liaison" => "asks about its own account only",
            "auditor" => "reads and signs off the audit log",
            _ => "operators, sessions, keys; no data",
        }
    }

    /// What signs in as them at a moment: bodies of `POST /sessions`, of which one works. A code works once, so those
    /// of the next and of the last half minute follow.
    pub(super) fn credentials(&self, at: Moment) -> Vec<Zeroizing<Vec<u8>>> {
        let body = |totp: Option<&str>| {
            let password = self.password.as_str();
            let body = json!({ "name": self.name, "password": password, "totp": totp });
            Zeroizing::new(body.to_string().into_bytes())
        };
        let Some(secret) = &self.totp_secret else {
            return vec![body(None)];
        };
        let code = |seconds| authenticator::code(secret, at.plus_seconds(seconds));
        [0, 30, -30]
            .map(|seconds| body(Some(&code(seconds))))
            .into()
    }

    /// Who they are in their session.
    pub(super) fn caller(&self, vault: &Vault) -> Result<Caller, CliError> {
        let failed = || CliError::failed("the session of the demo could not be used");
        let token = SessionToken::parse(&self.token).map_err(|_| failed())?;
        vault.authenticate(&token).map_err(|_| failed())
    }
}

/// Opens a session and answers its token, as `POST /sessions` returns it. Uses the code of the
/// previous half minute. A code works once, so the current one stays free for whoever tries the
/// demo. If a demo is resumed within the half minute, that code was used, and a later one is taken.
fn open_session(
    vault: &Vault,
    name: &str,
    password: &Zeroizing<String>,
    totp_secret: Option<&Zeroizing<String>>,
) -> Result<Zeroizing<String>, NotSignedIn> {
    let mut refused = None;
    for seconds in [-30, 0, 30] {
        let totp = totp_secret.map(|secret| {
            let code = authenticator::code(secret, SystemClock.now().plus_seconds(seconds));
            TotpCode::parse(&code).map_err(|_| failed("the demo made a bad code"))
        });
        let attempt = SignIn {
            name: operator_name(name).map_err(NotSignedIn::Failed)?,
            password: Password::new(String::clone(password)),
            totp: totp.transpose()?,
            address: None,
        };
        let reply = vault
            .sign_in(attempt)
            .map_err(|_| failed("sign-in is not possible at the moment"))?;
        match reply {
            Ok(reply) => {
                let session: Session = answer::read(reply).map_err(NotSignedIn::Failed)?;
                return Ok(Zeroizing::new(session.token));
            }
            Err(refusal) => refused = Some(refusal),
        }
    }
    Err(match refused {
        Some(Refusal::Denied(Denial::WrongCredential, _)) => NotSignedIn::WrongCredential,
        Some(refusal) => NotSignedIn::Failed(refusal.into()),
        None => failed("nobody could sign in"),
    })
}

/// Why somebody of the demo could not sign in.
enum NotSignedIn {
    WrongCredential,
    Failed(CliError),
}

fn failed(why: &str) -> NotSignedIn {
    NotSignedIn::Failed(CliError::failed(why))
}

impl From<NotSignedIn> for CliError {
    fn from(why: NotSignedIn) -> Self {
        match why {
            NotSignedIn::WrongCredential => Self::failed("somebody of the demo could not sign in"),
            NotSignedIn::Failed(error) => error,
        }
    }
}

/// Somebody of a demo that was stopped cannot come back, so the demo cannot be resumed.
fn signs_in_no_more(name: &str, with_code: bool, why: NotSignedIn) -> CliError {
    match why {
        NotSignedIn::Failed(error) => error,
        NotSignedIn::WrongCredential => {
            let changed = match with_code {
                true => "password or second factor was changed",
                false => "password was changed",
            };
            let told = CliError::failed(format!(
                "the demo cannot be resumed: {name} does not sign in any more, because the {changed} or the \
                 operator was revoked while the demo was served"
            ));
            told.hint(match with_code {
                true => {
                    "start a new demo in another directory with --dir; only if this one was resumed several times \
                     within the last two minutes, its codes are used up: try again in two minutes"
                }
                false => "start a new demo in another directory with --dir",
            })
        }
    }
}

#[derive(Deserialize)]
struct Session {
    token: String,
}

/// 120 random bits in characters that need no escaping in JSON or in a shell.
pub(super) fn secret() -> Result<Zeroizing<String>, CliError> {
    let bytes = draw::<15>(&SystemEntropy::new())
        .map(Zeroizing::new)
        .map_err(|error| CliError::failed(error.to_string()))?;
    let text = STANDARD.encode(&bytes[..]);
    Ok(Zeroizing::new(text.replace('+', "x").replace('/', "z")))
}

fn operator_name(name: &str) -> Result<OperatorName, CliError> {
    OperatorName::parse(name).map_err(|error| CliError::failed(error.to_string()))
}

#[derive(Deserialize)]
struct Added {
    enrolment: String,
}

#[derive(Deserialize)]
struct Enrolled {
    operator: String,
    totp_secret: Option<String>,
}

const ADMINISTRATOR: &str = "administrator";
const OTHERS: [(&str, HomeRole); 6] = [
    ("investigator", HomeRole::Investigator),
    ("lead.one", HomeRole::Lead),
    ("lead.two", HomeRole::Lead),
    ("custodian", HomeRole::Custodian),
    ("liaison", HomeRole::Liaison),
    ("auditor", HomeRole::Auditor),
];
