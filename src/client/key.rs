//! The keyring of a served vault: its slots, changes of them by two people, and shares for a sealed one.

use std::thread;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::case_arg::path;
use super::connection::Connection;
use super::failure::Failure;
use super::server::Client;
use super::session::{stranger, whom};

/// The slots, and the change that waits.
pub(crate) fn slots(client: &Client) -> Result<Value, Failure> {
    client.connect()?.get("/keys/slots")?.value()
}

/// The keyring, and which keys are due.
pub(crate) fn status(client: &Client) -> Result<Value, Failure> {
    client.connect()?.get("/keys/status")?.value()
}

/// Asks for a change.
pub(crate) fn ask(client: &Client, input: &Value) -> Result<Value, Failure> {
    client.connect()?.post("/keys/slots/change", input)?.value()
}

/// Decides the change that waits.
pub(crate) fn decide(client: &Client, decision: &str, reason: &str) -> Result<Value, Failure> {
    let body = json!({ "decision": decision, "reason": reason });
    let connection = client.connect()?;
    connection
        .post("/keys/slots/change/decision", &body)?
        .value()
}

/// Carries out the change that was approved.
pub(crate) fn carry_out(client: &Client, reason: &str) -> Result<Value, Failure> {
    let body = json!({ "reason": reason });
    let connection = client.connect()?;
    connection
        .post("/keys/slots/change/carrying-out", &body)?
        .value()
}

/// Gives a case a new key.
pub(crate) fn rotate_case(client: &Client, case: &str, reason: &str) -> Result<Value, Failure> {
    let body = json!({ "reason": reason });
    let connection = client.connect()?;
    connection
        .post(&path(case, "/key/rotation"), &body)?
        .value()
}

/// How far the unsealing of a sealed vault is. It needs no session.
pub(crate) fn unsealing(client: &Client) -> Result<Value, Failure> {
    let (server, authorities) = whom(&client.server)?;
    let connection = stranger(client, &server, authorities.as_deref())?;
    connection.get("/unseal").map_err(open_already)?.value()
}

/// What to say to somebody who wants to unseal a vault that is open: it knows no such address.
fn open_already(failure: Failure) -> Failure {
    match failure.problem.as_deref() {
        Some("not-found") => Failure::failed("the vault is open: it needs no share")
            .way_out("there is nothing left to do; sign in with `breachvault login`"),
        _ => failure,
    }
}

/// A share on its way; it is borrowed, so that no copy of it is left.
#[derive(Serialize)]
struct Given<'a> {
    share: &'a str,
}

/// Gives a share to the sealed vault of this fingerprint. If the server names another one, nothing is sent.
pub(crate) fn give_share(
    client: &Client,
    share: &str,
    fingerprint: &str,
) -> Result<Value, Failure> {
    let (server, authorities) = whom(&client.server)?;
    let connection = stranger(client, &server, authorities.as_deref())?;
    let told = connection.get("/unseal").map_err(open_already)?.value()?;
    let found = told.get("fingerprint").and_then(Value::as_str);
    if found.ok_or_else(Failure::strange_answer)? != fingerprint {
        let what =
            format!("the share is for the vault {fingerprint}, and the server is another one");
        return Err(Failure::failed(what).way_out("nothing was sent; check --server"));
    }
    match connection.post("/unseal", &Given { share }) {
        Ok(answer) => answer.value(),
        Err(failure) if failure.problem.is_some() => Err(open_already(failure)),
        Err(failure) => look_again(&connection, failure),
    }
}

/// How often, and after how long each time, it is looked again.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// The connection broke off before anything was said of the share. Where others gave theirs in the same moment there
/// may have been enough, and the vault is opening.
fn look_again(connection: &Connection, failure: Failure) -> Result<Value, Failure> {
    for _ in 0..LOOKS {
        thread::sleep(BETWEEN_LOOKS);
        match connection.get("/unseal") {
            Ok(answer) => {
                let told = answer.value()?;
                return match told.get("state").and_then(Value::as_str) {
                    Some("opening") => Ok(told),
                    _ => Err(failure.way_out(
                        "the vault is still sealed: give the share again; one that it has is named",
                    )),
                };
            }
            Err(now) if now.problem.is_some() => return Err(open_already(now)),
            Err(_) => {}
        }
    }
    Err(failure)
}
