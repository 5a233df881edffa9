//! The audit log of a served vault: search it, read and prove a leaf, fetch the checkpoint, sign a stretch off.

use clap::Args;
use serde_json::{Map, Value, json};

use super::exact_text::ExactText;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;

/// Search the log of a served vault, newest leaf first
#[derive(Args)]
#[command(
    after_help = "Examples:\n  breachvault audit search --action reveal.open\n  \
                  breachvault audit search --outcome denied --from 2024-03-21T00:00:00Z --all --csv > denied.csv"
)]
pub(crate) struct Search {
    /// Only leaves of this action, such as reveal.open
    #[arg(long, value_name = "A")]
    action: Option<String>,
    /// Only leaves that ended so
    #[arg(long, value_name = "O", value_parser = ["done", "denied", "failed"])]
    outcome: Option<String>,
    /// Only leaves of this case
    #[arg(long, value_name = "C")]
    case: Option<String>,
    /// Only leaves of this operator, by their id
    #[arg(long, value_name = "ID")]
    operator: Option<String>,
    /// Only leaves of this time or later, such as 2024-03-21T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only leaves before this time
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// How many to list
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "all",
        value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// List all that are found
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    client: Client,
}

/// Show a leaf with its detail
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault audit show 42")]
pub(crate) struct Show {
    /// The leaf's number, as Audit-Leaf or `audit search` says it
    leaf: u64,
    #[command(flatten)]
    client: Client,
}

/// Print the proof that a leaf is in the log
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault audit proof 42 --out leaf-42.tlog-proof")]
pub(crate) struct Proof {
    /// The leaf's number
    leaf: u64,
    #[command(flatten)]
    text: ExactText,
}

/// Print the newest checkpoint, the signed head of the log; keep it elsewhere
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault audit checkpoint --out checkpoint-monday")]
pub(crate) struct Checkpoint {
    #[command(flatten)]
    text: ExactText,
}

/// Print the public key of the log
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault audit vkey --out log.vkey")]
pub(crate) struct Vkey {
    #[command(flatten)]
    text: ExactText,
}

/// Sign off that you reviewed the log up to a size
#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault audit sign-off --size 43 --reason 'reviewed every reveal of the week'"
)]
pub(crate) struct SignOff {
    /// How many leaves, from the first one
    #[arg(long, value_name = "N")]
    size: u64,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

impl Search {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut body = Map::new();
        for (name, value) in [
            ("action", self.action),
            ("outcome", self.outcome),
            ("case", self.case),
            ("operator", self.operator),
            ("from", self.from),
            ("to", self.to),
        ] {
            if let Some(value) = value {
                body.insert(name.to_owned(), value.into());
            }
        }
        let most = (!self.all).then_some(self.limit);
        let connection = self.client.connect()?;
        let found = connection.post_pages("/audit/leaves/search", "leaves", &body, most, PAGE)?;
        let output = &self.client.output;
        output.list(&found, "leaves", COLUMNS)?;
        if found.get("next").is_some_and(|next| !next.is_null()) {
            output.words("there are more; --limit N or --all lists them");
        }
        Ok(())
    }
}

impl Show {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let path = format!("/audit/leaves/{}", self.leaf);
        let shown = self.client.connect()?.get(&path)?.value()?;
        let output = &self.client.output;
        // People read one member a line.
        match shown.get("leaf").and_then(Value::as_object) {
            Some(leaf) if !output.json => {
                let mut members = leaf.clone();
                if let Some(detail) = shown.pointer("/detail/detail") {
                    members.insert("in words".to_owned(), detail.clone());
                }
                output.object(&Value::Object(members))
            }
            _ => output.object(&shown),
        }
    }
}

impl Proof {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let path = format!("/audit/leaves/{}/proof", self.leaf);
        self.text.give(&path)
    }
}

impl Checkpoint {
    pub(crate) fn run(self) -> Result<(), Failure> {
        self.text.give("/audit/checkpoint")
    }
}

impl Vkey {
    pub(crate) fn run(self) -> Result<(), Failure> {
        self.text.give("/audit/vkey")
    }
}

impl SignOff {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let body = json!({ "size": self.size, "reason": self.why.reason });
        let connection = self.client.connect()?;
        let signed = connection.post("/audit/sign-offs", &body)?.value()?;
        self.client.output.object(&signed)
    }
}

/// Leaves on a page of the API.
const PAGE: u64 = 1000;

const COLUMNS: &[Column] = &[
    Column("LEAF", "seq"),
    Column("TIME", "time"),
    Column("ACTION", "action"),
    Column("OUTCOME", "outcome"),
    Column("KIND", "kind"),
    Column("OPERATOR", "operator"),
    Column("ROLE", "role"),
    Column("CASE", "case"),
    Column("OBJECT", "object"),
    Column("PURPOSE", "purpose"),
    Column("ROWS", "rows"),
];
