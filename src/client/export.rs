//! Exports: ask for a package, decide it, take it, and record that it arrived.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::case_arg::CaseArg;
use super::connection::part;
use super::exact_text::ExactText;
use super::failure::Failure;
use super::filter::Filter;
use super::new_file::NewFile;
use super::request::{self, ListArgs};
use super::server::Client;
use super::table::Column;
use super::why::{ReasonArg, Why};
use crate::domain::Profile;

#[derive(Subcommand)]
pub(crate) enum Export {
    /// Ask for a package that is encrypted to named keys
    Request(Box<Ask>),
    /// List the exports of a case
    List(List),
    /// Show an export: who asked and why, for whom, and how much
    Show(Show),
    /// Approve or deny an export of somebody else
    Decide(Decide),
    /// Take the package of an export that was approved
    Download(Download),
    /// Stop a package that is being built
    Cancel(Cancel),
    /// Record that a package arrived
    Acknowledge(Acknowledge),
    /// Print the key that signs packages, for `evidence verify --signer`
    Signer(Signer),
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault export request account-notice --account acme --recipient age1… \\\n      \
                  --case C --legal-basis 'GDPR Art. 33(2)' --purpose notification \\\n      \
                  --reason 'the customer tells its people'")]
pub(crate) struct Ask {
    /// What is in it: account-notice, scope-report or evidence
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(Profile::WORDS),
        hide_possible_values = true, value_name = "CONTENTS")]
    contents: String,
    /// A public key of age that can open it; may be given more than once
    #[arg(long = "recipient", value_name = "KEY=NAME", required = true)]
    recipients: Vec<String>,
    /// By which right it is given out
    #[arg(long, value_name = "TEXT")]
    legal_basis: String,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault export list --case C --state requested")]
pub(crate) struct List {
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault export show e_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The export
    export: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault export decide e_0123456789abcdefghjk approve \\\n      \
                  --reason 'the key was read out'")]
pub(crate) struct Decide {
    /// The export
    export: String,
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
    after_help = "Example:\n  breachvault export download e_0123456789abcdefghjk --out package.tar"
)]
pub(crate) struct Download {
    /// The export
    export: String,
    /// A new file for the package; by default the id of the export with .tar
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault export cancel e_0123456789abcdefghjk")]
pub(crate) struct Cancel {
    /// The export
    export: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault export acknowledge e_0123456789abcdefghjk \\\n      \
                  --received-by 'Acme, security team' --reason 'confirmed by telephone' \\\n      \
                  --tagmanifest-sha256 \"$(sha256sum < tagmanifest-sha256.txt | cut -c1-64)\"")]
pub(crate) struct Acknowledge {
    /// The export
    export: String,
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

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault export signer --out signers")]
pub(crate) struct Signer {
    #[command(flatten)]
    text: ExactText,
}

impl Export {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Request(ask) => ask.run(),
            Self::List(list) => request::list(&list.list, "exports", COLUMNS),
            Self::Show(show) => request::show(&show.client, &show.export).map(drop),
            Self::Decide(decide) => {
                let (client, reason) = (&decide.client, &decide.why.reason);
                request::decide(client, &decide.export, &decide.decision, reason)
            }
            Self::Download(download) => {
                let (client, id) = (&download.client, &download.export);
                take(client, "exports", id, download.out)
            }
            Self::Cancel(one) => cancel(&one.client, "exports", &one.export),
            Self::Acknowledge(one) => {
                let said = [&one.received_by, &one.tagmanifest_sha256, &one.why.reason];
                acknowledge(&one.client, "exports", &one.export, said)
            }
            Self::Signer(signer) => signer.text.give("/evidence/signer"),
        }
    }
}

impl Ask {
    fn run(self) -> Result<(), Failure> {
        let mut body = Map::new();
        body.insert("profile".to_owned(), self.contents.into());
        body.insert("recipients".to_owned(), recipients(&self.recipients));
        body.insert("legal_basis".to_owned(), self.legal_basis.into());
        self.why.add_to(&mut body);
        self.filter.add_to(&mut body)?;
        let connection = self.client.connect()?;
        let asked = connection.post(&self.case.path("/exports"), &Value::Object(body))?;
        self.client.output.object(&asked.value()?)
    }
}

/// Public keys, each as `KEY` or `KEY=NAME`; deciders are shown the name.
pub(super) fn recipients(keys: &[String]) -> Value {
    let recipient = |text: &String| match text.split_once('=') {
        Some((key, name)) => json!({ "key": key.trim(), "name": name.trim() }),
        None => json!(text.trim()),
    };
    keys.iter().map(recipient).collect()
}

/// Stops a package that is being built: of an export, or the list of a quarantine.
pub(super) fn cancel(client: &Client, kind: &str, id: &str) -> Result<(), Failure> {
    let path = format!("/{kind}/{}/package", part(id));
    let cancelled = client.connect()?.delete_nothing(&path)?;
    client.output.object(&cancelled.value()?)
}

/// Takes a package into a new file: of an export, or the list of a quarantine.
pub(super) fn take(
    client: &Client,
    kind: &str,
    id: &str,
    out: Option<PathBuf>,
) -> Result<(), Failure> {
    let path = format!("/{kind}/{}/package", part(id));
    let name = out.unwrap_or_else(|| PathBuf::from(format!("{}.tar", part(id))));
    let connection = client.connect()?;
    let mut file = NewFile::make(&name)?;
    let bytes = connection.download(&path, file.as_file())?;
    file.as_file()
        .flush()
        .map_err(Failure::file("write", &name))?;
    file.keep()?;
    let output = &client.output;
    match output.json || output.csv {
        true => output.object(&json!({ "file": name.display().to_string(), "bytes": bytes })),
        false => {
            output.words(&format!("{}: {bytes} bytes", name.display()));
            Ok(())
        }
    }
}

/// Records that such a package arrived: who received it, the digest that they computed, and the reason.
pub(super) fn acknowledge(
    client: &Client,
    kind: &str,
    id: &str,
    [received_by, tagmanifest_sha256, reason]: [&String; 3],
) -> Result<(), Failure> {
    let path = format!("/{kind}/{}/acknowledgement", part(id));
    let body = json!({
        "received_by": received_by,
        "tagmanifest_sha256": tagmanifest_sha256,
        "reason": reason,
    });
    let acknowledged = client.connect()?.post(&path, &body)?.value()?;
    client.output.object(&acknowledged)
}

const COLUMNS: &[Column] = &[
    Column("EXPORT", "export"),
    Column("STATE", "state"),
    Column("CONTENTS", "profile"),
    Column("ACCOUNT", "account"),
    Column("NUMBERS", "numbers"),
    Column("MESSAGES", "messages"),
    Column("ASKED BY", "asked_by"),
    Column("ASKED", "asked_at"),
    Column("EXPIRES", "expires_at"),
    Column("DECIDED BY", "decided_by"),
    Column("REASON", "reason"),
];
