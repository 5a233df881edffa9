//! `init`: creates a vault.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;
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
    /// Keep the tables with this PostgreSQL server, not in a file
    #[arg(long, value_name = "ADDRESS")]
    store: Option<String>,
    /// A file with the password for that server, and nothing else
    #[arg(long, value_name = "FILE", requires = "store")]
    store_password_file: Option<PathBuf>,
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
        if paths.keyring().exists() || paths.has_database() {
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
        // Made beside the directory and put in place as the last step, so that nothing half made is ever there. A
        // directory that exists stays (it may be a mounted disk), and what was made in it is removed if a step fails.
        if self.dir.symlink_metadata().is_ok() {
            let new: Vec<PathBuf> = made_in(&paths)
                .into_iter()
                .filter(|path| path.symlink_metadata().is_err())
                .collect();
            let made = self.make(&paths, &passphrase, name, settings, password);
            if made.is_err() {
                remove(&new);
            }
            return made;
        }
        let room = new_room(&self.dir)?;
        let made_in = room.path().join("vault");
        self.make(&Paths::of(&made_in), &passphrase, name, settings, password)?;
        fs::rename(&made_in, &self.dir)
            .map_err(CliError::file("put the vault in place at", &self.dir))?;
        File::open(parent_of(&self.dir))
            .and_then(|folder| folder.sync_all())
            .map_err(CliError::file("put the vault in place at", &self.dir))
    }

    fn make(
        &self,
        paths: &Paths,
        passphrase: &NewPassphrase,
        name: OperatorName,
        settings: Settings,
        password: Option<NewPassword>,
    ) -> Result<(), CliError> {
        if let Some(address) = &self.store {
            Vault::put_tables_at(paths, address, self.store_password_file.as_deref())?;
        }
        let founded = found(paths, passphrase, name, settings)?;
        tls::make_development(paths, &self.tls_names)?;
        let ended = self.hand_over(&founded, password);
        founded.vault.stop()?;
        ended
    }

    /// Enrols the administrator at once, or prints the invitation.
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
            "give this invitation to the administrator, who uses it with `breachvault enrol` or in the console once \
             the vault is served (`breachvault serve`), or with `operator enrol --dir` before; it is shown once",
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

/// A folder beside a directory that does not exist yet; removed when it is dropped.
fn new_room(directory: &Path) -> Result<TempDir, CliError> {
    let parent = parent_of(directory);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(parent)
        .map_err(CliError::file("make", parent))?;
    tempfile::Builder::new()
        .prefix(".breachvault-init-")
        .tempdir_in(parent)
        .map_err(CliError::file("make a folder in", parent))
}

fn parent_of(directory: &Path) -> &Path {
    match directory.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// What a vault that was just made has, files before the folders they are in.
fn made_in(paths: &Paths) -> Vec<PathBuf> {
    let keys = [
        "keyring.new",
        "high-water-mark.new",
        "ca.crt",
        "tls.crt",
        "tls.key",
    ];
    let data = ["vault.db-wal", "vault.db-shm", "vault.db-journal", "lock"];
    let mut all = vec![
        paths.keyring(),
        paths.high_water_mark(),
        paths.database(),
        paths.store(),
    ];
    all.extend(keys.map(|name| paths.keys().join(name)));
    all.extend(data.map(|name| paths.data().join(name)));
    all.extend([paths.vkey(), paths.packages(), paths.cache()]);
    all.extend([paths.data(), paths.keys()]);
    all
}

/// Removes what was made. A folder in which something else is stays.
fn remove(made: &[PathBuf]) {
    for path in made {
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
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
