//! `login`: opens a session at a served vault and keeps its token in a profile.

use std::io::{self, IsTerminal};

use clap::Args;
use zeroize::Zeroizing;

use super::error::CliError;
use super::secret::{PasswordArgs, TotpArgs, ask_for_code};
use crate::client::{Client, session};

/// Sign in at a served vault; the session is kept in a profile
#[derive(Args)]
#[command(
    long_about = "Sign in at a served vault.\n\nThe password and the code of a second factor are asked for, or come from \
                  a file or a descriptor. The session's token is kept in a file that only you may read, one for each \
                  --profile; `logout` closes the session and removes the file.",
    after_help = "Examples:\n  breachvault login --server https://vault.example:8443 --operator ingeborg\n  \
                  breachvault login --server 127.0.0.1:8443 --operator lead.one \\\n      \
                  --ca-file breachvault-demo/keys/ca.crt\n  \
                  breachvault login                       # again, where the profile says"
)]
pub(super) struct Login {
    /// Your name as an enrolled operator; by default the one of the profile
    #[arg(
        long,
        value_name = "NAME",
        env = "BREACHVAULT_OPERATOR",
        hide_env_values = true
    )]
    operator: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    code: TotpArgs,
    #[command(flatten)]
    client: Client,
}

impl Login {
    pub(super) fn run(self) -> Result<(), CliError> {
        let name = match &self.operator {
            Some(name) => name.clone(),
            None => session::kept_name(&self.client)?.ok_or_else(|| {
                CliError::usage("--operator: name yourself; the profile has no sign-in yet")
            })?,
        };
        let password = self.password.secret().read()?;
        let code = self.code()?;
        let opened = session::sign_in(&self.client, &name, &password, code.as_ref())?;
        Ok(self.client.output.object(&opened)?)
    }

    /// The code of a second factor. Where the password was typed, it is asked for too.
    fn code(&self) -> Result<Option<Zeroizing<String>>, CliError> {
        if self.code.secret().is_given() {
            return self.code.secret().read().map(Some);
        }
        if self.password.secret().is_given() || !io::stdin().is_terminal() {
            return Ok(None);
        }
        ask_for_code()
    }
}
