//! `evidence open`.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use zeroize::Zeroizing;

use crate::cli::error::CliError;
use crate::cli::secret::open_secret;
use crate::cli::streams;
use crate::evidence;

#[derive(Args)]
pub(in crate::cli) struct Open {
    /// A package: the tar, or the directory it was unpacked to
    path: PathBuf,
    /// An age identity file
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// A directory for the plaintext; only you can read its files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write no remarks to standard error
    #[arg(long, short)]
    quiet: bool,
}

impl Open {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let mut identity = Zeroizing::new(String::with_capacity(IDENTITY_BYTES));
        open_secret(&self.identity, "identity")?
            .take(IDENTITY_BYTES as u64)
            .read_to_string(&mut identity)
            .map_err(CliError::file("read the identity file", &self.identity))?;
        let opened = evidence::open(&self.path, &identity, &self.out)?;
        if !self.quiet {
            streams::words("`breachvault evidence verify` checks who signed the package");
        }
        opened
            .files
            .iter()
            .try_for_each(|file| streams::data(&file.display().to_string()))
    }
}

const IDENTITY_BYTES: usize = 64 * 1024;
