//! `operator enrol`: sets a password with an invitation.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::secret::{EnrolmentArgs, PasswordArgs};
use crate::cli::unlock_args::UnlockArgs;
use crate::cli::{answer, init, settings, unlock};
use crate::vault::Paths;
use crate::vault::identity::EnrolmentToken;

#[derive(Args)]
pub(in crate::cli) struct Enrol {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set up a second factor, which some roles need; its secret is shown once
    #[arg(long)]
    totp: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    enrolment: EnrolmentArgs,
    #[command(flatten)]
    password: PasswordArgs,
}

impl Enrol {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let paths = Paths::of(&self.dir);
        let settings = settings::read(self.config.as_deref())?;
        let keyring = unlock::unlock(&paths, &self.unlock, &settings.programs)?;
        let token = EnrolmentToken::parse(&self.enrolment.secret().read()?)
            .map_err(|error| CliError::usage(format!("the invitation is {error}")))?;
        let password = init::new_password(&mut *self.password.secret().read_new()?)?;
        let vault = unlock::start(&paths, keyring, settings)?;
        let ended = vault.enrol(&token, password, self.totp);
        let stopped = vault.stop();
        let reply = ended?;
        stopped?;
        answer::print(reply, self.json)
    }
}
