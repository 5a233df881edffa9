//! Rows in quarantine: ask for them, see them masked, or take them as a sealed list.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::case_arg::CaseArg;
use super::connection::part;
use super::export::{acknowledge, cancel, recipients, take};
use super::failure::Failure;
use super::request::{self, ListArgs};
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;

#[derive(Subcommand)]
pub(crate) enum Quarantine {
    /// Ask for the rows of an exhibit that could not be admitted: masked, or as a list encrypted to named keys
    Request(Box<Ask>),
    /// List the requests of a case for rows in quarantine
    List(List),
    /// Show a request: who asked and why, in which form, and how many rows
    Show(Show),
    /// See the rows masked that somebody else approved; this works once
    Open(Open),
    /// Take the list that was approved
    Download(Download),
    /// Stop a list that is being built
    Cancel(Cancel),
    /// Record that the list arrived
    Acknowledge(Acknowledge),
}

#[derive(Args)]
#[command(after_help = "Examples:\n  \
                  breachvault quarantine request x_0123456789abcdefghjk --case C \\\n      \
                  --reason 'to see what is wrong with them'\n  \
                  breachvault quarantine request x_0123456789abcdefghjk --recipient age1… \\\n      \
                  --case C --legal-basis 'contract, section 9' \\\n      \
                  --reason 'the supplier mends them'")]
pub(crate) struct Ask {
    /// The exhibit
    exhibit: String,
    /// A public key of age that can open the list, and after = who has it; without one the rows are shown masked
    #[arg(long = "recipient", value_name = "KEY=NAME", requires = "legal_basis")]
    recipients: Vec<String>,
    /// By which right the list is given out
    #[arg(long, value_name = "TEXT", requires = "recipients")]
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
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault quarantine show q_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The request
    quarantine: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault quarantine open q_0123456789abcdefghjk --csv")]
pub(crate) struct Open {
    /// The request
    quarantine: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault quarantine download q_0123456789abcdefghjk --out rejects.tar"
)]
pub(crate) struct Download {
    /// The request
    quarantine: String,
    /// A new file for the package; by default the id of the request with .tar
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault quarantine cancel q_0123456789abcdefghjk")]
pub(crate) struct Cancel {
    /// The request
    quarantine: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault quarantine acknowledge q_0123456789abcdefghjk \\\n      \
                  --received-by 'the supplier' --reason 'confirmed by telephone' \\\n      \
                  --tagmanifest-sha256 \"$(sha256sum < tagmanifest-sha256.txt | cut -c1-64)\"")]
pub(crate) struct Acknowledge {
    /// The request
    quarantine: String,
    /// Who received it
    #[arg(long, value_name = "TEXT")]
    received_by: String,
    /// The SHA-256 of the package's file tagmanifest-sha256.txt, as the recipient computed it
    #[arg(long, value_name = "HEX")]
    tagmanifest_sha256: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

impl Quarantine {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Request(ask) => ask.run(),
            Self::List(list) => request::list(&list.list, "quarantines", COLUMNS),
            Self::Show(show) => request::show(&show.client, &show.quarantine).map(drop),
            Self::Open(open) => {
                let path = format!("/quarantines/{}/open", part(&open.quarantine));
                let opened = open.client.connect()?.post_nothing(&path)?.value()?;
                open.client.output.list(&opened, "rows", ROWS)?;
                if opened.get("rows_more") == Some(&Value::Bool(true)) {
                    let output = &open.client.output;
                    output.words("there are more rows than are shown; ask for a list of all");
                }
                Ok(())
            }
            Self::Download(download) => {
                let (client, id) = (&download.client, &download.quarantine);
                take(client, "quarantines", id, download.out)
            }
            Self::Cancel(one) => cancel(&one.client, "quarantines", &one.quarantine),
            Self::Acknowledge(one) => {
                let said = [&one.received_by, &one.tagmanifest_sha256, &one.why.reason];
                acknowledge(&one.client, "quarantines", &one.quarantine, said)
            }
        }
    }
}

impl Ask {
    fn run(self) -> Result<(), Failure> {
        let mut body = Map::new();
        body.insert("reason".to_owned(), self.why.reason.into());
        let form = match self.recipients.is_empty() {
            true => "masked",
            false => "list",
        };
        body.insert("form".to_owned(), form.into());
        if let Some(legal_basis) = self.legal_basis {
            body.insert("recipients".to_owned(), recipients(&self.recipients));
            body.insert("legal_basis".to_owned(), legal_basis.into());
        }
        let path = format!("/exhibits/{}/quarantine", part(&self.exhibit));
        let connection = self.client.connect()?;
        let asked = connection.post(&self.case.path(&path), &Value::Object(body))?;
        self.client.output.object(&asked.value()?)
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
