//! The nodes of a served vault.

use serde_json::Value;

use super::failure::Failure;
use super::output::Output;
use super::server::Client;
use super::table::Column;

/// Lists them.
pub(crate) fn list(client: &Client) -> Result<(), Failure> {
    show(&client.output, &client.connect()?.get("/nodes")?.value()?)
}

/// Shows what the vault answered.
pub(crate) fn show(output: &Output, told: &Value) -> Result<(), Failure> {
    let nodes = told.get("nodes").and_then(Value::as_array);
    if nodes.is_some_and(|nodes| !nodes.is_empty()) || output.json {
        output.list(told, "nodes", COLUMNS)?;
    }
    if let Some(summary) = told.get("summary").and_then(Value::as_str) {
        output.words(summary);
    }
    Ok(())
}

const COLUMNS: &[Column] = &[
    Column("NODE", "node"),
    Column("NAME", "name"),
    Column("STATE", "state"),
    Column("JOINED", "since"),
    Column("LAST SEEN", "seen_at"),
    Column("KEYRING", "keyring_generation"),
    Column("ADDRESS", "address"),
    Column("STRUCK OFF", "struck_off_at"),
    Column("BY", "struck_off_by"),
];
