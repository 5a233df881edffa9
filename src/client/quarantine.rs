//! Quarantines: ask for the rows of an exhibit that could not be admitted, and see them masked once somebody else has
//! agreed. A sealed list of them leaves as a package, by `export download`.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::case::CaseArg;
use super::connection::part;
use super::failure::Failure;
use super::request;
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;

#[derive(Subcommand)]
pub(crate) enum Quarantine {
    /// Ask for the rows of an exhibit that are in quarantine
    Request(Box<Ask>),
    /// List the quarantines of a case that were asked for
    List(List),
    /// Show a quarantine: who asked and why, and what a yes would show
    Show(Show),
    /// Approve or deny a quarantine of somebody else
    Decide(Decide),
    /// See the rows of a quarantine that somebody else approved, masked; this works once
    Open(Open),
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  breachvault quarantine request x_0123456789abcdefghjk --case C --reason 'the file has to be corrected'\n  \
                  breachvault quarantine request x_0123456789abcdefghjk --case C --list --recipient 'age1…=the supplier' \\\n      \
                  --legal-basis 'contract, section 9' --reason 'the supplier corrects the original'"
)]
pub(crate) struct Ask {
    /// The exhibit
    exhibit: String,
    /// As a list with the cells of mapped columns, sealed to recipients, instead of shown masked
    #[arg(long, requires = "recipients", requires = "legal_basis")]
    list: bool,
    /// A public key of age that can open the list, and after = who has it; may be given more than once
    #[arg(long = "recipient", value_name = "KEY=NAME", requires = "list")]
    recipients: Vec<String>,
    /// By which right the list is given out
    #[arg(long, value_name = "TEXT", requires = "list")]
    legal_basis: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault quarantine list --case C --state requested")]
pub(crate) struct List {
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = request::STATES)]
    state: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault quarantine show q_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The quarantine
    quarantine: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault quarantine decide q_0123456789abcdefghjk approve --reason 'the original has to be corrected'"
)]
pub(crate) struct Decide {
    /// The quarantine
    quarantine: String,
    /// approve or deny
    #[arg(value_parser = ["approve", "deny"], hide_possible_values = true)]
    decision: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault quarantine open q_0123456789abcdefghjk --csv > rows.csv"
)]
pub(crate) struct Open {
    /// The quarantine
    quarantine: String,
    #[command(flatten)]
    client: Client,
}

impl Quarantine {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Request(ask) => ask.run(),
            Self::List(list) => {
                let connection = list.client.connect()?;
                let (path, state) = (list.case.path("/quarantines"), list.state.as_deref());
                request::list(
                    &list.client,
                    &connection,
                    &path,
                    "quarantines",
                    state,
                    COLUMNS,
                )
            }
            Self::Show(show) => request::show(&show.client, &show.quarantine),
            Self::Decide(decide) => {
                let (client, reason) = (&decide.client, &decide.why.reason);
                request::decide(client, &decide.quarantine, &decide.decision, reason)
            }
            Self::Open(open) => open.run(),
        }
    }
}

impl Ask {
    fn run(self) -> Result<(), Failure> {
        let mut body = Map::new();
        body.insert("reason".to_owned(), self.why.reason.into());
        if self.list {
            let recipients: Vec<Value> = self.recipients.iter().map(|one| recipient(one)).collect();
            body.insert("form".to_owned(), "list".into());
            body.insert("recipients".to_owned(), recipients.into());
            body.insert("legal_basis".to_owned(), json!(self.legal_basis));
        }
        let path = format!("/exhibits/{}/quarantine", part(&self.exhibit));
        let connection = self.client.connect()?;
        let asked = connection.post(&self.case.path(&path), &Value::Object(body))?;
        self.client.output.object(&asked.value()?)
    }
}

impl Open {
    fn run(self) -> Result<(), Failure> {
        let connection = self.client.connect()?;
        let path = format!("/quarantines/{}/open", part(&self.quarantine));
        let opened = connection.post_nothing(&path)?.value()?;
        let output = &self.client.output;
        output.list(&opened, "rows", ROWS)?;
        if opened.get("rows_more").and_then(Value::as_bool) == Some(true) {
            output.words("there are more rows than are shown; a sealed list has all of them");
        }
        Ok(())
    }
}

/// `KEY=NAME`; without a name the key is shown in its place.
fn recipient(text: &str) -> Value {
    match text.split_once('=') {
        Some((key, name)) => json!({ "key": key.trim(), "name": name.trim() }),
        None => json!(text.trim()),
    }
}

const ROWS: &[Column] = &[
    Column("LINE", "line"),
    Column("COLUMN", "column"),
    Column("KIND", "kind"),
    Column("SHAPE", "shape"),
];

const COLUMNS: &[Column] = &[
    Column("QUARANTINE", "quarantine"),
    Column("STATE", "state"),
    Column("EXHIBIT", "exhibit"),
    Column("FORM", "form"),
    Column("ROWS", "rows"),
    Column("ASKED BY", "asked_by"),
    Column("ASKED", "asked_at"),
    Column("EXPIRES", "expires_at"),
    Column("DECIDED BY", "decided_by"),
    Column("REASON", "reason"),
];
