//! `store prepare`: makes the tables in a database, as their owner.

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::streams;
use crate::vault::clock::SystemClock;
use crate::vault::store_copy::prepare;

/// Make the tables in a database of a PostgreSQL server, or bring them up to date, as their owner.
///
/// A vault whose own user may not make or change tables is served with less power: docs/postgresql.md has the
/// statements that give that user its rights. It needs no vault and no passphrase.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault store prepare --store 'postgresql://keeper@db.example/breach' \\
    --store-password-file keeper-password")]
pub(in crate::cli) struct Prepare {
    /// The address of the database, with the user who is to own the tables
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// A file with that user's password, and nothing else
    #[arg(long, value_name = "FILE")]
    store_password_file: Option<PathBuf>,
}

impl Prepare {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        prepare(
            &self.store,
            self.store_password_file.as_deref(),
            &SystemClock,
        )?;
        streams::data("the tables are there, and of this program's version")
    }
}
