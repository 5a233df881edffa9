//! `operator second-factor`: sets up a second factor with name and password, for whoever has none in use.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::secret::PasswordArgs;
use crate::cli::unlock_args::UnlockArgs;
use crate::cli::{answer, settings, unlock};
use crate::domain::OperatorName;
use crate::vault::identity::Password;
use crate::vault::{Paths, SetSecondFactor};

#[derive(Args)]
pub(in crate::cli) struct SecondFactor {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Your name as an enrolled operator
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    password: PasswordArgs,
}

impl SecondFactor {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let name = OperatorName::parse(&self.operator)
            .map_err(|error| CliError::usage(format!("--operator: {error}")))?;
        let paths = Paths::of(&self.dir);
        let settings = settings::read(self.config.as_deref())?;
        let keyring = unlock::unlock(&paths, &self.unlock, &settings.programs)?;
        let mut password = self.password.secret().read()?;
        let asked = SetSecondFactor {
            name,
            password: Password::new(std::mem::take(&mut *password)),
            address: None,
        };
        let vault = unlock::start(&paths, keyring, settings)?;
        let ended = vault.set_second_factor(asked);
        let stopped = vault.stop();
        let reply =
            ended.map_err(|_| CliError::failed("the vault could not look at the password"))??;
        stopped?;
        answer::print(reply, self.json)
    }
}
