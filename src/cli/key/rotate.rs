//! `key rotate`: asks for the new passphrase, which is passed to nothing else.

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::cli::secret::NewPassphraseArgs;
use crate::cli::{answer, init, streams};
use crate::operations::key::RotateKek;

#[derive(Args)]
pub(in crate::cli) struct Rotate {
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    new_passphrase: NewPassphraseArgs,
    #[command(flatten)]
    local: Local,
}

impl Rotate {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let passphrase = init::new_passphrase(&mut *self.new_passphrase.secret().read_new()?)?;
        let reply = self.local.perform(RotateKek { passphrase })?;
        streams::words("an old copy of keys/keyring still opens with the old passphrase");
        answer::print(reply, self.json)
    }
}
