//! `init`: creates a vault.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::error::CliError;
use super::secret::{AdministratorPasswordArgs, PassphraseArgs};
use super::{answer, settings, streams, tls};
use crate::domain::{HomeRole, OperatorName};
use crate::vault::clock::SystemClock;
use crate::vault::entropy::SystemEntropy;
use crate::vault::identity::{NewPassword, Password};
use crate::vault::keyring::{Argon2Params, NewPassphrase};
use crate::vault::{Founded, Paths, Settings, Vault};

#[derive(Args)]
pub(super) struct Init {
    /// The directory to create it in
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// The first administrator's name
    #[arg(long, value_name = "NAME", default_value = "administrator")]
    name: String,
    /// A further name or address of this machine for the development certificate
    #[arg(long = "tls-name", value_name = "NAME")]
    tls_names: Vec<String>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    password: AdministratorPasswordArgs,
}

impl Init {
    pub(super) fn run(self) -> Result<(), CliError> {
        let paths = Paths::of(&self.dir);
        if paths.keyring().exists() || paths.database().exists() {
            return Err(crate::vault::StartError::Exists.into());
        }
        let name = OperatorName::parse(&self.name)
            .map_err(|error| CliError::usage(format!("--name: {error}")))?;
        let password = match self.password.secret().is_given() {
            true => Some(new_password(&mut *self.password.secret().read_new()?)?),
            false => None,
        };
        let passphrase = new_passphrase(&mut *self.passphrase.secret().read_new()?)?;
        let settings = settings::read(self.config.as_deref())?;
        let founded = found(&paths, &passphrase, name, settings)?;
        tls::make_development(&paths, &self.tls_names)?;
        let ended = self.hand_over(&founded, password);
        founded.vault.stop()?;
        ended
    }

    /// Enrols the administrator at once, or prints the enrolment token.
    fn hand_over(&self, founded: &Founded, password: Option<NewPassword>) -> Result<(), CliError> {
        let invitation = &founded.invitation;
        let operator = invitation.operator.as_str();
        if let Some(password) = password {
            let policy = founded.vault.settings().second_factor;
            let totp = policy.is_needed_by(HomeRole::Administrator);
            let enrolled = founded.vault.enrol(&invitation.enrolment, password, totp)?;
            let enrolled: Enrolled = answer::read(enrolled)?;
            streams::words("the administrator is enrolled and can sign in");
            let Some(secret) = enrolled.totp_secret.map(Zeroizing::new) else {
                return match self.json {
                    true => streams::json(&json!({ "administrator": operator, "name": self.name })),
                    false => streams::data(&format!("administrator: {operator}")),
                };
            };
            streams::words(
                "give the secret to the administrator's authenticator; it is shown once",
            );
            return match self.json {
                true => streams::json(&json!({
                    "administrator": operator,
                    "name": self.name,
                    "totp_secret": secret.as_str(),
                })),
                false => streams::data(&format!(
                    "administrator: {operator}\ntotp_secret: {}",
                    secret.as_str()
                )),
            };
        }
        let token = invitation.enrolment.expose_once();
        streams::words(
            "give this token to the administrator for `operator enrol`; it is shown once",
        );
        if self.json {
            return streams::json(&json!({
                "administrator": operator,
                "name": self.name,
                "enrolment": token.as_str(),
                "expires_at": invitation.expires_at,
            }));
        }
        streams::data(&format!(
            "administrator: {operator}\nenrolment: {}\nexpires_at: {}",
            token.as_str(),
            invitation.expires_at
        ))
    }
}

#[derive(Deserialize)]
struct Enrolled {
    totp_secret: Option<String>,
}

/// Creates a vault with the clock and randomness of this machine.
pub(super) fn found(
    paths: &Paths,
    passphrase: &NewPassphrase,
    administrator: OperatorName,
    settings: Settings,
) -> Result<Founded, CliError> {
    Ok(Vault::create(
        paths,
        passphrase,
        Argon2Params::KEYRING,
        administrator,
        settings,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy::new()),
    )?)
}

pub(super) fn new_passphrase(text: &mut String) -> Result<NewPassphrase, CliError> {
    NewPassphrase::parse(std::mem::take(text)).map_err(|error| CliError::usage(error.to_string()))
}

pub(super) fn new_password(text: &mut String) -> Result<NewPassword, CliError> {
    NewPassword::parse(Password::new(std::mem::take(text)))
        .map_err(|error| CliError::usage(error.to_string()))
}
