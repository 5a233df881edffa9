//! What tokens of scripts and machines have in common in a shell: what one is for, their list, and the end of one.

use clap::Args;
use serde_json::{Map, Value};

use super::connection::part;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;

/// What a token or a machine is for.
#[derive(Args)]
pub(super) struct ForWhat {
    /// What you call it
    label: String,
    /// How many days it is good for: 1 to 90
    #[arg(long, value_name = "N")]
    days: u16,
    /// What it is for; may be given more than once
    #[arg(long = "action", value_name = "ACTION", required = true)]
    actions: Vec<String>,
    /// The one case that it is for; by default all of yours
    #[arg(long, value_name = "C")]
    only_case: Option<String>,
}

impl ForWhat {
    /// The same as it is sent.
    pub(super) fn body(self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("label".to_owned(), self.label.into());
        body.insert("days".to_owned(), self.days.into());
        body.insert("actions".to_owned(), self.actions.into());
        if let Some(case) = self.only_case {
            body.insert("case".to_owned(), case.into());
        }
        body
    }
}

/// Lists those at `/{many}`, whose first column is their id.
pub(super) fn list(client: &Client, many: &str, id: Column) -> Result<(), Failure> {
    let listed = client
        .connect()?
        .get_pages(&format!("/{many}"), many, &[])?;
    let columns = [
        id,
        Column("LABEL", "label"),
        Column("OWNER", "owner"),
        Column("FOR", "actions"),
        Column("CASE", "case"),
        Column("ENDS", "expires_at"),
        Column("USED LAST", "used_at"),
    ];
    client.output.list(&listed, many, &columns)
}

/// Makes one of those at `/{many}`.
pub(super) fn make(client: &Client, many: &str, body: Map<String, Value>) -> Result<(), Failure> {
    let made = client.connect()?;
    let made = made
        .post(&format!("/{many}"), &Value::Object(body))?
        .value()?;
    client.output.object(&made)
}

/// Ends one of those at `/{many}`.
pub(super) fn end(client: &Client, many: &str, id: &str) -> Result<(), Failure> {
    let path = format!("/{many}/{}", part(id));
    let ended = client.connect()?.delete_nothing(&path)?.value()?;
    client.output.object(&ended)
}
