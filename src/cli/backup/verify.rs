//! `backup verify`: verifies a backup without keys.

use std::path::PathBuf;

use clap::Args;

use super::told::tell;
use crate::cli::audit::read_verifier_key;
use crate::cli::error::CliError;
use crate::cli::{streams, unlock};
use crate::vault::backup::{Kind, verify_backup};

/// Verify a backup without keys: every byte, the whole log, the sealed parts of every exhibit.
///
/// What needs the keys is verified by `restore --drill`: who may do what, the terms, and whether a whole exhibit is
/// missing.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault backup verify /mnt/vault.bvdata --vkey log.vkey --checkpoint kept

Exit status 3: the backup does not verify.")]
pub(super) struct Verify {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The log's public key from another source: a file or its text
    #[arg(long, value_name = "FILE|TEXT")]
    vkey: Option<String>,
    /// A checkpoint that you kept: the log must contain it; may be given more than once
    #[arg(long = "checkpoint", value_name = "FILE")]
    kept: Vec<PathBuf>,
    /// Print what is in it as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self) -> Result<(), CliError> {
        let key = self.vkey.as_deref().map(read_verifier_key).transpose()?;
        let kept = unlock::read_kept(&self.kept)?;
        let manifest = verify_backup(&self.file, key.as_ref(), &kept)?;
        if manifest.kind == Kind::Database && key.is_none() {
            streams::words(
                "warning: the public key is taken from the backup; whoever can make another backup can put another \
                 key into it. Keep the key elsewhere and name it with --vkey",
            );
        }
        tell(&manifest, self.json)
    }
}
