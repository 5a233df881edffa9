//! `enrol`: uses an invitation to a served vault.

use clap::Args;

use super::error::CliError;
use super::secret::{EnrolmentArgs, PasswordArgs};
use crate::client::{Client, session};

/// Use an invitation to a served vault: set your password, and set up a second factor
#[derive(Args)]
#[command(
    long_about = "Use an invitation to a served vault.\n\nThe invitation and the new password are asked for, the \
                  password twice, or come from files or descriptors. With --totp the secret of a second factor is \
                  shown once: put it into your authenticator, then sign in with `login`.",
    after_help = "Examples:\n  \
                  breachvault enrol --server https://vault.example:8443 --totp\n  \
                  breachvault enrol --server 127.0.0.1:8443 --ca-file ca.crt \\\n      \
                  --enrolment-file invitation"
)]
pub(super) struct Enrol {
    /// Set up a second factor, which some roles need; its secret is shown once
    #[arg(long)]
    totp: bool,
    #[command(flatten)]
    enrolment: EnrolmentArgs,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    client: Client,
}

impl Enrol {
    pub(super) fn run(self) -> Result<(), CliError> {
        let enrolment = self.enrolment.secret().read()?;
        let password = self.password.secret().read_new()?;
        let enrolled = session::enrol(&self.client, &enrolment, &password, self.totp)?;
        Ok(self.client.output.object(&enrolled)?)
    }
}
