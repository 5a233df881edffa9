//! Cases: list, open, show, hold, close, reopen and destroy them.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::case_arg::path;
use super::failure::Failure;
use super::request;
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;

#[derive(Subcommand)]
pub(crate) enum Case {
    /// List the cases that you are a member of
    List(List),
    /// Open a case; you lead it
    Open(Open),
    /// Show a case: its state, its exhibits and numbers counted, what is in quarantine
    Show(Show),
    /// Put a case on hold: it is kept, nothing is destroyed, and what was asked for is stopped
    #[command(after_help = "Example:\n  \
                  breachvault case hold c_0123456789abcdefghjk \\\n      \
                  --reason 'a court asked to keep it'")]
    Hold(Move),
    /// Ask to close a case, after which nothing is looked up in it; somebody else decides
    #[command(after_help = "Example:\n  \
                  breachvault case close c_0123456789abcdefghjk \\\n      \
                  --reason 'the last notice was sent'")]
    Close(Move),
    /// Destroy a case: ask for it, stop it, carry it out; `decide` decides it
    #[command(subcommand)]
    Destroy(Destroy),
    /// Print the signed certificate of a destroyed case
    #[command(
        after_help = "Example:\n  breachvault case certificate c_0123456789abcdefghjk > certificate.txt"
    )]
    Certificate(Show),
    /// Set until when a case is to be kept; its leads and custodians are reminded then
    #[command(
        after_help = "Example:\n  breachvault case retention c_0123456789abcdefghjk \\\n      \
                      --until 2026-03-21T00:00:00Z --reason 'two years after the last notice'"
    )]
    Retention(Retention),
    /// Reopen a closed case, or ask to lift the hold of one; somebody else decides that
    #[command(
        after_help = "Example:\n  breachvault case reopen c_0123456789abcdefghjk --reason 'somebody else asks'"
    )]
    Reopen(Move),
    /// List who asked to close a case or to lift its hold; `decide` decides it
    #[command(after_help = "Example:\n  breachvault case moves c_0123456789abcdefghjk")]
    Moves(Show),
}

#[derive(Subcommand)]
pub(crate) enum Destroy {
    /// Ask for the destruction of a case; a custodian of the case decides it
    #[command(
        after_help = "Example:\n  breachvault case destroy ask c_0123456789abcdefghjk \\\n      --reason 'the retention period is over'"
    )]
    Ask(Move),
    /// List the destructions of a case
    #[command(after_help = "Example:\n  breachvault case destroy list c_0123456789abcdefghjk")]
    List(Show),
    /// Stop an approved destruction
    #[command(
        after_help = "Example:\n  breachvault case destroy stop d_0123456789abcdefghjk \\\n      --reason 'a court asked to keep it'"
    )]
    Stop(End),
    /// Carry an approved destruction out, after its delay; nothing brings the case back
    #[command(
        after_help = "Example:\n  breachvault case destroy carry-out d_0123456789abcdefghjk \\\n      --reason 'nobody objected'"
    )]
    CarryOut(End),
}

#[derive(Args)]
pub(crate) struct End {
    /// The destruction
    destruction: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
pub(crate) struct Retention {
    /// The case
    case: String,
    /// Until when: a day such as 2027-03-21, or a time such as 2027-03-21T18:00:00Z; without it nothing says until when
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault case list --csv > cases.csv")]
pub(crate) struct List {
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault case open --title 'Text message log' --reference IR-2024-17 \\\n      \
                  --reason 'the supplier gave notice'"
)]
pub(crate) struct Open {
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Its number in another system
    #[arg(long, value_name = "TEXT")]
    reference: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault case show c_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The case, as `case list` shows it
    case: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
pub(crate) struct Move {
    /// The case
    case: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

impl Case {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => {
                let cases = list.client.connect()?.get_pages("/cases", "cases", &[])?;
                list.client.output.list(&cases, "cases", COLUMNS)
            }
            Self::Open(open) => {
                let body = json!({
                    "title": open.title,
                    "reference": open.reference,
                    "reason": open.why.reason,
                });
                let opened = open.client.connect()?.post("/cases", &body)?.value()?;
                open.client.output.object(&opened)
            }
            Self::Show(show) => {
                let shown = show.client.connect()?.get(&path(&show.case, ""))?.value()?;
                show.client.output.object(&shown)
            }
            Self::Hold(act) => act.run("/hold"),
            Self::Close(act) => act.run("/close"),
            Self::Reopen(act) => act.run("/reopen"),
            Self::Moves(show) => {
                let connection = show.client.connect()?;
                let all = connection.get_pages(&path(&show.case, "/moves"), "moves", &[])?;
                show.client.output.list(&all, "moves", MOVES)
            }
            Self::Destroy(destroy) => destroy.run(),
            Self::Certificate(show) => {
                let read = show.client.connect()?;
                let view = read.get(&path(&show.case, "/certificate"))?.value()?;
                certificate(&show.client, &view)
            }
            Self::Retention(act) => {
                let body = json!({ "keep_until": act.until, "reason": act.why.reason });
                let connection = act.client.connect()?;
                let set = connection.put(&path(&act.case, "/retention"), &body)?;
                act.client.output.object(&set.value()?)
            }
        }
    }
}

/// The signed text; with `--json` all of the certificate.
fn certificate(client: &Client, view: &Value) -> Result<(), Failure> {
    let note = view.get("note").and_then(Value::as_str);
    match note {
        _ if client.output.json => client.output.object(view),
        Some(note) => client.output.text(note),
        None => Err(unsigned(view)),
    }
}

/// Why there is no certificate.
fn unsigned(view: &Value) -> Failure {
    let waits_for = view.get("waits_for").and_then(Value::as_array);
    let names: Vec<&str> = waits_for
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !names.is_empty() {
        let names = names.join(", ");
        return Failure::failed(format!(
            "the certificate waits for other nodes of the vault: {names}"
        ))
        .way_out(
            "an administrator starts them, or strikes off those that are gone (docs/scale.md)",
        );
    }
    match view.pointer("/destroyed/carried_out/at").and_then(Value::as_str) {
        Some(since) => Failure::failed(format!("rows are still being deleted since {since}")).way_out(
            "the certificate is signed when they are gone; if that takes long, an administrator looks at the server's log",
        ),
        None => Failure::failed("there is no signed certificate")
            .way_out("the keyring has no key of the case, and nobody destroyed the case by its log"),
    }
}

impl Destroy {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Ask(act) => act.run("/destructions"),
            Self::List(show) => {
                let connection = show.client.connect()?;
                let path = path(&show.case, "/destructions");
                let all = connection.get_pages(&path, "destructions", &[])?;
                show.client.output.list(&all, "destructions", DESTRUCTIONS)
            }
            Self::Stop(end) => end.run("stop"),
            Self::CarryOut(end) => end.run("carrying-out"),
        }
    }
}

impl End {
    fn run(self, act: &str) -> Result<(), Failure> {
        let path = format!("{}/{act}", request::path(&self.destruction)?);
        let body = json!({ "reason": self.why.reason });
        let done = self.client.connect()?.post(&path, &body)?.value()?;
        self.client.output.object(&done)
    }
}

impl Move {
    fn run(self, to: &str) -> Result<(), Failure> {
        let body = json!({ "reason": self.why.reason });
        let connection = self.client.connect()?;
        let moved = connection.post(&path(&self.case, to), &body)?.value()?;
        self.client.output.object(&moved)?;
        if let Some(id) = moved.get("move").and_then(Value::as_str) {
            self.client.output.words(&format!(
                "nothing changed yet: another lead or a custodian decides it, by `decide {id}`"
            ));
        }
        Ok(())
    }
}

const DESTRUCTIONS: &[Column] = &[
    Column("DESTRUCTION", "destruction"),
    Column("STATE", "state"),
    Column("NOT BEFORE", "not_before"),
    Column("DUE", "due"),
    Column("EXPIRES", "expires_at"),
    Column("ASKED BY", "asked_by"),
    Column("DECIDED BY", "decided_by"),
    Column("REASON", "reason"),
];

const MOVES: &[Column] = &[
    Column("MOVE", "move"),
    Column("STATE", "state"),
    Column("FROM", "from"),
    Column("TO", "to"),
    Column("EXPIRES", "expires_at"),
    Column("ASKED BY", "asked_by"),
    Column("DECIDED BY", "decided_by"),
    Column("REASON", "reason"),
];

const COLUMNS: &[Column] = &[
    Column("CASE", "case"),
    Column("STATE", "state"),
    Column("ROLE", "role"),
    Column("EXHIBITS", "exhibits"),
    Column("NUMBERS", "numbers"),
    Column("QUARANTINED", "quarantined"),
    Column("OPENED", "opened_at"),
    Column("REFERENCE", "reference"),
    Column("TITLE", "title"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_without_a_certificate_says_since_when_its_rows_are_being_deleted() {
        let at = json!({ "at": "2024-04-02T09:00:00Z" });
        let shredding = json!({ "state": "shredding", "destroyed": { "carried_out": at } });
        let told = unsigned(&shredding).what;
        assert_eq!(
            told,
            "rows are still being deleted since 2024-04-02T09:00:00Z"
        );
        let waiting = json!({ "state": "shredding", "waits_for": ["second", "third"] });
        let told = unsigned(&waiting).what;
        assert!(
            told.ends_with("other nodes of the vault: second, third"),
            "{told}"
        );
        let told = unsigned(&json!({ "state": "no-key" })).what;
        assert_eq!(told, "there is no signed certificate");
    }
}
