//! `evidence verify`.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::audit::{prove, read_verifier_key};
use crate::cli::error::CliError;
use crate::cli::streams;
use crate::domain::io_words;
use crate::evidence::{self, Trust, parse_public_key};
use crate::vault::audit::VerifierKey;

#[derive(Args)]
pub(in crate::cli) struct Verify {
    /// A package: the tar, or the directory it was unpacked to
    path: PathBuf,
    /// The vault's evidence key from another source: `ssh-ed25519 …` or a file with it. A file may have
    /// several, as what `export signer` prints
    #[arg(long, value_name = "FILE|TEXT")]
    signer: Option<String>,
    /// The audit log's public key from another source: a file or its text. Once for each key that the log has had
    #[arg(long, value_name = "FILE|TEXT")]
    vkey: Vec<String>,
    /// Fail unless a passkey of the person who decided signed the decision
    #[arg(long)]
    require_passkey: bool,
    /// The address at which that person has to have signed: `https://NAME` or `https://NAME:PORT`
    #[arg(long, value_name = "ADDRESS")]
    origin: Option<String>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let (mut signers, mut ended) = (Vec::new(), Vec::new());
        for signer in self
            .signer
            .as_deref()
            .map(read_signers)
            .transpose()?
            .unwrap_or_default()
        {
            match signer.until {
                Some(until) => ended.push((signer.key, until)),
                None => signers.push(signer.key),
            }
        }
        let keys = self.vkey.iter().map(|given| read_verifier_key(given));
        let keys: Vec<VerifierKey> = keys.collect::<Result<_, _>>()?;
        let check_proof = keys.split_first().map(|(first, others)| {
            let (first, others) = (first.clone(), others.to_vec());
            move |proof: &[u8], leaf: &[u8]| {
                let with = |key: &VerifierKey| prove(key, proof, leaf);
                with(&first)
                    .or_else(|error| others.iter().find_map(|key| with(key).ok()).ok_or(error))
            }
        });
        let trust = Trust {
            signers,
            ended,
            check_proof: check_proof.as_ref().map(|check| check as _),
            passkey_required: self.require_passkey,
            origin: self.origin.as_deref(),
        };
        fs::metadata(&self.path).map_err(CliError::file("find the package", &self.path))?;
        let verdict = evidence::verify(&self.path, &trust)?;
        if self.json {
            streams::json(&json!({ "holds": verdict.holds(), "checks": verdict.checks }))?;
        } else {
            verdict
                .checks
                .iter()
                .try_for_each(|check| streams::data(&check.to_string()))?;
        }
        match verdict.failed() {
            None => Ok(()),
            Some(check) => {
                let failed =
                    CliError::unverified(format!("the package failed a check: {}", check.name));
                let unnamed = self.signer.is_none() || self.vkey.is_empty();
                Err(match unnamed {
                    true => failed.hint("give the trusted keys with --signer and --vkey"),
                    false => failed,
                })
            }
        }
    }
}

/// A key, and until when it signed, if its line says so.
struct Signer {
    key: [u8; 32],
    until: Option<String>,
}

/// Text that parses as a key is taken as the key; anything else is taken as a file name.
fn read_signers(given: &str) -> Result<Vec<Signer>, CliError> {
    if let Ok(key) = parse_public_key(given) {
        return Ok(vec![Signer { key, until: None }]);
    }
    let text = fs::read_to_string(given).map_err(|error| {
        CliError::usage(format!(
            "--signer is neither an ssh-ed25519 key nor a readable file: {}",
            io_words(error.kind())
        ))
    })?;
    // Each line is a public key, or a line of allowed_signers with one.
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys = lines.map(|line| {
        let (options, key) = match line.find("ssh-ed25519") {
            Some(at) => line.split_at(at),
            None => ("", line),
        };
        let until = options.split_once("valid-before=\"");
        let until = until.and_then(|(_, rest)| rest.split_once('"'));
        let key =
            parse_public_key(key).map_err(|error| CliError::usage(format!("--signer: {error}")))?;
        let until = until.map(|(until, _)| until.to_owned());
        Ok::<_, CliError>(Signer { key, until })
    });
    let keys: Vec<Signer> = keys.collect::<Result<_, _>>()?;
    match keys.is_empty() {
        true => Err(CliError::usage("--signer: there is no key in the file")),
        false => Ok(keys),
    }
}
