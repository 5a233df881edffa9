//! The clock of a served vault: what it says, and the acceptance of another time.

use serde_json::{Value, json};

use super::failure::Failure;
use super::server::Client;

/// Shows the vault's time and the machine's.
pub(crate) fn show(client: &Client) -> Result<(), Failure> {
    let clock = client.connect()?.get("/clock")?.value()?;
    client.output.object(&clock)
}

/// Accepts the time of the server's clock, as a watch of one's own shows it too.
pub(crate) fn accept(client: &Client, time: &str, reason: &str) -> Result<(), Failure> {
    let body = json!({ "time": time, "reason": reason });
    let connection = client.connect()?;
    let accepted = connection.post("/clock/acceptance", &body)?.value()?;
    if let Some(until) = accepted.get("expires_at").and_then(Value::as_str) {
        client.output.words(&format!(
            "it waits for a second person, until {until}; they run the same command"
        ));
    }
    client.output.object(&accepted)
}
