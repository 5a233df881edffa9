//! A log's public key, as text or in a file.

use std::fs;

use crate::cli::error::CliError;
use crate::vault::audit::VerifierKey;

/// What reads as a key is one; anything else names a file.
pub(in crate::cli) fn read(given: &str) -> Result<VerifierKey, CliError> {
    if let Ok(key) = given.trim().parse() {
        return Ok(key);
    }
    let text = fs::read_to_string(given).map_err(|error| {
        CliError::usage(format!(
            "--vkey is neither a verifier key nor a file that can be read: {}",
            error.kind()
        ))
    })?;
    text.trim()
        .parse()
        .map_err(|error| CliError::usage(format!("--vkey: {error}")))
}
