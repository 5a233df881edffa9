//! Prints an answer of the vault at the command line: as JSON, or one member a line.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::error::CliError;
use super::streams;
use crate::vault::{Body, Reply};

/// The bytes of an answer; an answer that is a file is an error.
pub(super) fn bytes(reply: Reply) -> Result<Zeroizing<Vec<u8>>, CliError> {
    match reply.wire.into_body() {
        Body::Bytes(bytes) => Ok(bytes),
        Body::File(_) => Err(CliError::failed("the answer is a file")),
    }
}

pub(super) fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, CliError> {
    serde_json::from_slice(&bytes(reply)?)
        .map_err(|_| CliError::failed("the vault's answer could not be read"))
}

/// Prints the answer as JSON, or each of its members on a line.
pub(super) fn print(reply: Reply, json: bool) -> Result<(), CliError> {
    if json {
        let bytes = bytes(reply)?;
        return streams::data(&String::from_utf8_lossy(&bytes));
    }
    show(&read(reply)?, false)
}

/// Prints the answer to an act that takes two people. Until the second one, it says what is missing.
pub(super) fn print_of_two(reply: Reply, json: bool) -> Result<(), CliError> {
    let value: Value = read(reply)?;
    if let Some(until) = value.get("expires_at").and_then(Value::as_str) {
        streams::words(&format!(
            "it waits for a second person, until {until}; they run the same command"
        ));
    }
    show(&value, json)
}

/// Prints a value as JSON, or each of its members on a line.
pub(super) fn show(value: &Value, json: bool) -> Result<(), CliError> {
    if json {
        return streams::json(value);
    }
    let members = value.as_object();
    if members.is_some_and(Map::is_empty) {
        streams::words("done");
    }
    for (name, value) in members.into_iter().flatten() {
        streams::data(&format!("{name}: {}", plain(value)))?;
    }
    Ok(())
}

/// A value without quotation marks.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let members = members.iter();
            let told = members.map(|(name, value)| format!("{name} {}", plain(value)));
            told.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}
