//! `backup`: copies a vault's database, keyring or erasure lists into one file, also while it is served; verifies one.

mod told;
mod verify;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};

use self::told::{tell, told};
use super::error::CliError;
use super::streams;
use crate::vault::Paths;
use crate::vault::backup::{Target, back_up_database, back_up_erasures, back_up_keyring};
use crate::vault::clock::{Clock as _, SystemClock};

/// Back up a vault, also while it is served: the database, the keyring (--keyring), or the erasure lists (--erasures).
///
/// It needs no passphrase and opens nothing. The copy is of one moment. It is verified before the file gets its name:
/// its pages, the whole log up to its signature, and the sealed parts of every exhibit against the signed leaf of its
/// admission. Keep the files in different places: the database in one, keyring and erasure lists in another, the
/// passphrase with neither.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:
  breachvault backup --dir /srv/vault --to /mnt/backups/vault.bvdata
  breachvault backup --dir /srv/vault --keyring --to /mnt/keyrings/vault.bvkeys
  breachvault backup --dir /srv/vault --erasures --to /mnt/keys/vault.bverased
  breachvault backup --dir /srv/vault --to - | ssh host 'cat > vault.bvdata'
  breachvault backup verify /mnt/vault.bvdata --vkey log.vkey --checkpoint kept")]
pub(super) struct Backup {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    make: Option<Make>,
}

#[derive(Subcommand)]
enum Command {
    Verify(verify::Verify),
}

#[derive(Args)]
struct Make {
    /// The vault directory; the server may be running
    #[arg(long, value_name = "D", required = true)]
    dir: PathBuf,
    /// A new file, or - for standard output
    #[arg(long, value_name = "FILE", required = true)]
    to: PathBuf,
    /// Back up the keyring and its high-water mark instead of the database
    #[arg(long)]
    keyring: bool,
    /// Back up the lists of erased numbers, by which a restore erases them again
    #[arg(long, conflicts_with = "keyring")]
    erasures: bool,
    /// Print what was backed up as JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), CliError> {
        match (self.command, self.make) {
            (Some(Command::Verify(verify)), _) => verify.run(),
            (None, Some(make)) => make.run(),
            (None, None) => Err(CliError::usage("--dir and --to are needed")),
        }
    }
}

impl Make {
    fn run(self) -> Result<(), CliError> {
        let paths = Paths::of(&self.dir);
        let streamed = self.to == Path::new("-");
        let mut out = io::stdout();
        let target = match streamed {
            true => Target::Stream(&mut out),
            false => Target::File(&self.to),
        };
        let folder = self
            .to
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !streamed && !folder.is_dir()) {
            let what = format!("--to: the folder {} is not there", folder.display());
            return Err(CliError::usage(what).hint("make the folder first; nothing was written"));
        }
        let now = SystemClock.now();
        let manifest = match (self.keyring, self.erasures) {
            (true, _) => back_up_keyring(&paths, target, now)?,
            (_, true) => back_up_erasures(&paths, target, now)?,
            _ => back_up_database(&paths, target, now, Duration::ZERO, &|| true)?,
        };
        // Standard output is the backup.
        match streamed {
            true => streams::words(&told(&manifest)),
            false => tell(&manifest, self.json)?,
        }
        if self.keyring {
            streams::words(
                "keep it in another place than the backups of the database, and the passphrase in a third",
            );
        }
        Ok(())
    }
}
