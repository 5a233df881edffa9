//! The two streams: data to standard output, messages to standard error.

use std::io::{self, Write};

use serde::Serialize;

use super::error::CliError;

/// Prints one or several lines of data.
pub(super) fn data(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(CliError::output)
}

/// Prints one JSON value on one line.
pub(super) fn json(value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string(value)
        .map_err(|_| CliError::failed("the answer could not be written as JSON"))?;
    data(&text)
}

/// Prints a message for people. A closed standard error is not an error.
pub(super) fn words(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
