//! `store copy`: moves the tables of a vault from a file to a PostgreSQL server, back, or to another server.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use crate::cli::error::CliError;
use crate::cli::progress::{Progress, Unit};
use crate::cli::unlock_args::UnlockArgs;
use crate::cli::{settings, streams, unlock};
use crate::vault::clock::SystemClock;
use crate::vault::entropy::SystemEntropy;
use crate::vault::store_copy::{Place, Step, With, move_tables};
use crate::vault::{MovedTables, Paths};

/// Move the tables of a vault that is not served: from its file to a PostgreSQL server, back, or to another server.
///
/// The directory stays the vault's: keyring, packages and high-water mark are not copied. Rows are copied sealed as
/// they are, compared one by one, and opened at the new place; only then does the directory name it, in one step. From
/// there on no log goes on from the old tables. If it is interrupted, run the same command again: it goes on where it
/// ended. The database of a server has to be new, or prepared by `store prepare`.
#[derive(Args)]
#[command(after_help = "Examples:
  breachvault store copy --dir /srv/vault \\
    --to 'postgresql://vault@db.example/breach' \\
    --store-password-file db-password
  breachvault store copy --dir /srv/vault --to sqlite

Exit status 3: the vault, or what was copied of it, does not verify.")]
pub(in crate::cli) struct Copy {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// The address of a database, or `sqlite` for a file in the directory
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// A file with the password for that server, and nothing else
    #[arg(long, value_name = "FILE")]
    store_password_file: Option<PathBuf>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print what was moved as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    unlock: UnlockArgs,
}

impl Copy {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let paths = Paths::of(&self.dir);
        let place = match self.to.as_str() {
            "sqlite" if self.store_password_file.is_some() => {
                return Err(CliError::usage(
                    "--store-password-file: a file has no password",
                ));
            }
            "sqlite" => Place::File,
            address => Place::Server {
                address,
                password: self.store_password_file.as_deref(),
            },
        };
        let settings = settings::read(self.config.as_deref())?;
        let keyring = unlock::unlock(&paths, &self.unlock, &settings.programs)?;
        let with = With {
            settings,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::new()),
        };
        let mut shown = Shown(None);
        let moved = move_tables(&paths, place, keyring, &with, &mut |step, done, all| {
            shown.reach(step, done, all);
        });
        shown.end();
        let moved = moved?;
        if paths.left_database().exists() {
            streams::words(
                "data/vault.db.moved has the old tables; delete it once the vault works at its new place: what is \
                 erased from now on is still in it",
            );
        }
        if !moved.nodes_left.is_empty() {
            let left = moved.nodes_left.join(", ");
            streams::words(&format!(
                "these nodes cannot start any more: {left}; a certificate of destruction says that nobody knows \
                 whether their keyrings are gone, so delete their directories"
            ));
        }
        self.tell(&moved)
    }

    fn tell(&self, moved: &MovedTables) -> Result<(), CliError> {
        if self.json {
            return streams::json(&json!({ "moved": moved }));
        }
        let MovedTables {
            from,
            to,
            rows,
            leaves,
            root,
            exhibits,
            ..
        } = moved;
        streams::data(&format!(
            "moved from {from} to {to}: {rows} rows, {leaves} leaves with the root {root}, {exhibits} exhibits"
        ))
    }
}

/// The progress of the step that is being done.
struct Shown(Option<(Step, Progress)>);

impl Shown {
    fn reach(&mut self, step: Step, done: u64, all: u64) {
        if self.0.as_ref().is_none_or(|(shown, _)| *shown != step) {
            self.end();
            let what = match step {
                Step::Copy => "copying",
                Step::Compare => "comparing",
                Step::Verify => "opening",
            };
            self.0 = Some((step, Progress::new(what, Some(all), Unit::Rows)));
        }
        if let Some((_, progress)) = &mut self.0 {
            progress.reach(done);
        }
    }

    fn end(&mut self) {
        if let Some((_, progress)) = self.0.take() {
            progress.finish();
        }
    }
}
