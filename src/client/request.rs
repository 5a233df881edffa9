//! What two people decide: reveals, exports, withdrawals, quarantines, memberships, raises, destructions and erasures.
//! The letter of an id says which of them it is.

use clap::Args;
use serde_json::{Value, json};

use super::connection::{Connection, part};
use super::failure::Failure;
use super::server::Client;
use super::table::Column;

/// The states of a request, to narrow a list.
pub(super) const STATES: [&str; 7] = [
    "requested",
    "approved",
    "denied",
    "used",
    "acknowledged",
    "stopped",
    "expired",
];

/// Show a request of somebody else, or approve or deny it
#[derive(Args)]
#[command(after_help = "Examples:\n  \
                  breachvault decide r_0123456789abcdefghjk\n  \
                  breachvault decide r_0123456789abcdefghjk approve \\\n      \
                  --reason 'checked against the notice'")]
pub(crate) struct Decide {
    /// The request: a reveal, an export, a withdrawal, a quarantine, a membership, a raise, a destruction or an erasure
    id: String,
    /// approve or deny; without it, the request is shown and nothing is decided
    #[arg(value_parser = ["approve", "deny"], requires = "reason", hide_possible_values = true)]
    decision: Option<String>,
    /// Why, in 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    client: Client,
}

impl Decide {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match (&self.decision, &self.reason) {
            (Some(decision), Some(reason)) => decide(&self.client, &self.id, decision, reason),
            _ => {
                show(&self.client, &self.id)?;
                self.client.output.words(
                    "nothing was decided; `decide ID approve` or `deny`, with --reason, does",
                );
                Ok(())
            }
        }
    }
}

pub(crate) fn decide(
    client: &Client,
    id: &str,
    decision: &str,
    reason: &str,
) -> Result<(), Failure> {
    let path = format!("{}/decision", path(id)?);
    let body = json!({ "decision": decision, "reason": reason });
    let decided = client.connect()?.post(&path, &body)?.value()?;
    client.output.object(&decided)
}

pub(crate) fn show(client: &Client, id: &str) -> Result<Value, Failure> {
    let path = path(id)?;
    let request = client.connect()?.get(&path)?.value()?;
    client.output.object(&request)?;
    Ok(request)
}

/// Lists the requests of a kind, such as `reveals`, newest first.
pub(crate) fn list(
    client: &Client,
    connection: &Connection,
    path: &str,
    kind: &str,
    state: Option<&str>,
    columns: &[Column],
) -> Result<(), Failure> {
    let query: Vec<_> = state.map(|state| ("state", state)).into_iter().collect();
    let requests: Value = connection.get_pages(path, kind, &query)?;
    client.output.list(&requests, kind, columns)
}

/// The path of a request.
pub(crate) fn path(id: &str) -> Result<String, Failure> {
    let kind = match id.split_once('_').map(|(letter, _)| letter) {
        Some("r") => "reveals",
        Some("e") => "exports",
        Some("w") => "withdrawals",
        Some("q") => "quarantines",
        Some("m") => "memberships",
        Some("b") => "raises",
        Some("d") => "destructions",
        Some("f") => "erasures",
        _ => {
            return Err(Failure::usage("ID: it is not the id of a request")
                .way_out("a reveal begins with r_, an export with e_, a withdrawal with w_"));
        }
    };
    Ok(format!("/{kind}/{}", part(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_of_an_id_says_what_it_is() {
        let id = "e_0123456789abcdefghjk";
        assert_eq!(path(id).unwrap(), format!("/exports/{id}"));
        assert_eq!(path("w_/../x").unwrap(), "/withdrawals/w_%2F..%2Fx");
        for wrong in ["", "c_0123456789abcdefghjk", "e", "E_0", "../me"] {
            assert!(path(wrong).is_err(), "{wrong}");
        }
    }
}
