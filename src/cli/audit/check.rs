//! `audit check`: whether a leaf is in the log, by its bytes, its proof and the public key. It needs no vault.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::verifier_key;
use crate::cli::error::{CliError, chain};
use crate::cli::streams;
use crate::domain::io_words;
use crate::vault::audit::{InclusionProof, Leaf, VerifierKey};

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault audit check leaf-42.json --proof leaf-42.proof --vkey log.vkey"
)]
pub(in crate::cli) struct Check {
    /// The exact bytes of the leaf, as `audit leaf` prints them
    #[arg(value_name = "LEAF")]
    leaf: PathBuf,
    /// Its proof, as `audit proof` prints it
    #[arg(long, value_name = "FILE")]
    proof: PathBuf,
    /// The public key of the log, as you kept it: a file or its text
    #[arg(long, value_name = "FILE|TEXT")]
    vkey: String,
}

impl Check {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let key = verifier_key::read(&self.vkey)?;
        let found = prove(&key, &read(&self.proof)?, &read(&self.leaf)?);
        streams::data(&found.map_err(CliError::unverified)?)
    }
}

/// Checks that the leaf is in the log, and that the leaf itself names this place and log.
pub(in crate::cli) fn prove(
    key: &VerifierKey,
    proof: &[u8],
    leaf: &[u8],
) -> Result<String, String> {
    let text = std::str::from_utf8(proof).map_err(|_| "the proof is not text".to_owned())?;
    let proof: InclusionProof = text.parse().map_err(|error| chain(&error))?;
    let proven = proof.verify(leaf, key).map_err(|error| chain(&error))?;
    let told = Leaf::parse(leaf).map_err(|error| chain(&error))?;
    let named = told.origin == proven.origin.as_str() || proven.origin.continues(&told.origin);
    if told.seq != proven.index || !named {
        return Err("the leaf and its proof name different places in the log".to_owned());
    }
    Ok(format!(
        "leaf {} of {} is in a log of {} leaves",
        proven.index, proven.origin, proven.size
    ))
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|error| {
        CliError::usage(format!(
            "{} could not be read: {}",
            path.display(),
            io_words(error.kind())
        ))
    })
}
