//! What two people decide: reveals, exports, withdrawals, quarantines, memberships, raises, destructions, erasures
//! and moves of a case.
//! The letter of an id says which of them it is.

use clap::Args;
use serde_json::{Value, json};

use super::case_arg::CaseArg;
use super::connection::part;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;
use crate::domain::RequestWords;

/// The states of a request, to narrow a list.
const STATES: [&str; 7] = [
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
    /// The request: a reveal, an export, a withdrawal, a quarantine, a membership, a raise, a destruction, an erasure,
    /// or a move of a case
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

/// Which requests of a case.
#[derive(Args)]
pub(super) struct ListArgs {
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = STATES)]
    state: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    client: Client,
}

/// Lists the requests of a kind, such as `reveals`, newest first.
pub(super) fn list(args: &ListArgs, kind: &str, columns: &[Column]) -> Result<(), Failure> {
    let state = args.state.as_deref().map(|state| ("state", state));
    let query: Vec<_> = state.into_iter().collect();
    let (connection, path) = (args.client.connect()?, args.case.path(&format!("/{kind}")));
    let requests: Value = connection.get_pages(&path, kind, &query)?;
    args.client.output.list(&requests, kind, columns)
}

/// The path of a request.
pub(crate) fn path(id: &str) -> Result<String, Failure> {
    let is_of = |kind: &&RequestWords| {
        let rest = id.strip_prefix(kind.letter);
        rest.is_some_and(|rest| rest.starts_with('_'))
    };
    match RequestWords::ALL.iter().find(is_of) {
        Some(kind) => Ok(format!("/{}/{}", kind.many, part(id))),
        None => Err(Failure::usage("ID: it is not the id of a request")
            .way_out("a reveal begins with r_, an export with e_, rows in quarantine with q_, a withdrawal with w_")),
    }
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
