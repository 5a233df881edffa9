//! `audit verify`: fails, and never only warns, when the log is not what was signed.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::verifier_key;
use crate::cli::error::{CliError, Exit, chain};
use crate::cli::unlock_args::UnlockArgs;
use crate::cli::{settings, streams, unlock};
use crate::vault::Paths;
use crate::vault::audit::{Claim, ExportedLog, Failure, Verdict, VerifierKey, verify_log};
use crate::vault::trail::{self, EXPORTED_VKEY, TrailFailure};

#[derive(Args)]
pub(in crate::cli) struct Verify {
    /// A vault directory; the server may be running
    #[arg(long, value_name = "VAULT", required_unless_present = "log")]
    dir: Option<PathBuf>,
    /// An exported log instead of a vault
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    log: Option<PathBuf>,
    /// The log's public key from another source: a file or its text. An earlier key of the log does, with a checkpoint
    /// that it signed
    #[arg(long, value_name = "FILE|TEXT")]
    vkey: Option<String>,
    /// A checkpoint that you kept; may be given more than once
    #[arg(long = "checkpoint", value_name = "FILE")]
    kept: Vec<PathBuf>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
    /// A configuration file, for the programs of the keyring
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
}

impl Verify {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let key = self.vkey.as_deref().map(verifier_key::read).transpose()?;
        if key.is_none() {
            streams::words(
                "warning: the public key is taken from beside the log; whoever can rewrite the \
                 log can rewrite it too. Keep the key elsewhere and name it with --vkey",
            );
        }
        let kept = unlock::read_kept(&self.kept)?;
        let found = match (&self.dir, &self.log) {
            (_, Some(log)) => verify_exported(log, key, &kept)?,
            (Some(dir), None) => self.verify_vault(&Paths::of(dir), key, &kept)?,
            (None, None) => return Err(CliError::usage("either --dir or --log is needed")),
        };
        match found {
            Ok(verdict) => self.tell(&verdict),
            Err(failure) => Err(self.tell_failure(failure)?),
        }
    }

    /// With the passphrase, also against the high-water mark, and with the sealed details.
    fn verify_vault(
        &self,
        paths: &Paths,
        key: Option<VerifierKey>,
        kept: &[Vec<u8>],
    ) -> Result<Result<Verdict, TrailFailure>, CliError> {
        let programs = settings::config(self.config.as_deref())?.keyring.programs();
        let keyring = match self.unlock.is_given() {
            true => Some(unlock::unlock(paths, &self.unlock, &programs)?),
            false => None,
        };
        let verdict = trail::verify_directory(paths, key, kept);
        Ok(verdict.and_then(|verdict| {
            if let Some(keyring) = keyring {
                trail::verify_mark(paths, &keyring)?;
                trail::verify_details(paths, &keyring)?;
            }
            Ok(verdict)
        }))
    }

    fn tell(&self, verdict: &Verdict) -> Result<(), CliError> {
        if !self.json {
            return streams::data(&verdict.to_string());
        }
        streams::json(&json!({
            "verified": true,
            "origin": verdict.origin.as_str(),
            "size": verdict.size,
            "root": verdict.root.to_string(),
            "outcomes": {
                "done": verdict.outcomes.done,
                "denied": verdict.outcomes.denied,
                "failed": verdict.outcomes.failed,
            },
            "kept_checkpoints": verdict.kept_checkpoints,
            "stored_hashes": verdict.stored_hashes,
            "clock_steps_back": verdict.clock_steps_back,
            "successors": verdict
                .successors
                .iter()
                .map(|one| json!({ "leaf": one.leaf, "vkey": one.key.to_string() }))
                .collect::<Vec<_>>(),
        }))
    }

    /// Prints the verdict on a bad log to standard output too, because it is the answer.
    fn tell_failure(&self, failure: TrailFailure) -> Result<CliError, CliError> {
        if self.json && failure.is_verification_failure() {
            let named = match &failure {
                TrailFailure::Log(log) => json!({
                    "kind": format!("{:?}", log.kind),
                    "first_bad": log.first_bad,
                    "between": log.between.as_ref().map(|range| [range.start, range.end]),
                }),
                TrailFailure::Column { leaf, column } => {
                    json!({ "kind": "Column", "first_bad": leaf, "column": column })
                }
                TrailFailure::Detail { leaf } => json!({ "kind": "Detail", "first_bad": leaf }),
                _ => json!({ "kind": "Database" }),
            };
            streams::json(&json!({
                "verified": false,
                "failure": named,
                "explanation": chain(&failure),
            }))?;
        }
        Ok(failure.into())
    }
}

fn verify_exported(
    directory: &Path,
    key: Option<VerifierKey>,
    kept: &[Vec<u8>],
) -> Result<Result<Verdict, TrailFailure>, CliError> {
    let key = match key {
        Some(key) => key,
        None => verifier_key::read(&directory.join(EXPORTED_VKEY).to_string_lossy())?,
    };
    let log =
        ExportedLog::open(directory).map_err(|error| CliError::new(Exit::Failed, chain(&error)))?;
    let claim = Claim {
        checkpoint: log.checkpoint(),
        key: &key,
        kept,
    };
    let found: Result<Verdict, Failure> = verify_log(log.leaves(), &claim, Some(&log));
    Ok(found.map_err(TrailFailure::Log))
}
