//! A log's public key, given as text or as a file.

use std::fs;

use crate::cli::error::CliError;
use crate::domain::io_words;
use crate::vault::audit::VerifierKey;

/// Text that parses as a key is taken as the key; anything else is taken as a file name.
pub(in crate::cli) fn read(given: &str) -> Result<VerifierKey, CliError> {
    if let Ok(key) = given.trim().parse() {
        return Ok(key);
    }
    let text = fs::read_to_string(given).map_err(|error| {
        CliError::usage(format!(
            "--vkey is neither a verifier key nor a readable file: {}",
            io_words(error.kind())
        ))
    })?;
    text.trim()
        .parse()
        .map_err(|error| CliError::usage(format!("--vkey: {error}")))
}
