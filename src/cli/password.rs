//! `password`: a new password at a served vault.

use std::io::{self, IsTerminal};

use clap::Args;
use zeroize::Zeroizing;

use super::error::CliError;
use super::secret::{NewPasswordArgs, PasswordArgs, TotpArgs, ask_for_code};
use crate::client::{Client, session};

/// Change your password at a served vault; your other sessions end
#[derive(Args)]
#[command(
    long_about = "Change your password at a served vault.\n\nThe password that you have, the code of your second \
                  factor and the new password are asked for, the new one twice, or come from files or descriptors. \
                  All your other sessions end. Nobody sets a password for somebody else.",
    after_help = "Example:\n  breachvault password --profile evening"
)]
pub(super) struct ChangePassword {
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    new_password: NewPasswordArgs,
    #[command(flatten)]
    code: TotpArgs,
    #[command(flatten)]
    client: Client,
}

impl ChangePassword {
    pub(super) fn run(self) -> Result<(), CliError> {
        // Before anybody types a secret.
        let connection = self.client.connect()?;
        let old = self.password.secret().read()?;
        let code = self.code()?;
        let new = self.new_password.secret().read_new()?;
        let changed = session::change_password(&connection, &old, &new, code.as_ref())?;
        Ok(self.client.output.object(&changed)?)
    }

    /// The code of a second factor. Where the password was typed, it is asked for too.
    fn code(&self) -> Result<Option<Zeroizing<String>>, CliError> {
        if self.code.secret().is_given() {
            return self.code.secret().read().map(Some);
        }
        match self.password.secret().is_given() || !io::stdin().is_terminal() {
            true => Ok(None),
            false => ask_for_code(),
        }
    }
}
