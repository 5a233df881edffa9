//! The two streams: data to standard output, words to standard error.

use std::io::{self, Write};

use serde::Serialize;

use super::error::CliError;

/// One line of data, or several.
pub(super) fn data(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(CliError::io("write to standard output"))
}

/// One JSON value on one line.
pub(super) fn json(value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string(value)
        .map_err(|_| CliError::failed("the answer could not be written as JSON"))?;
    data(&text)
}

/// Words for whoever watches. That nobody can hear them stops nothing.
pub(super) fn words(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
