//! The audit log of a served vault: search it, count it, read and prove a leaf, fetch the checkpoint, sign a stretch
//! off.

use clap::Args;
use serde_json::{Map, Value, json};

use super::connection::{Connection, part, with_query};
use super::exact_text::ExactText;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;

/// Search the log of a served vault, newest leaf first
#[derive(Args)]
#[command(after_help = "Examples:\n  \
                  breachvault audit search --action reveal.open\n  \
                  breachvault audit search --outcome denied --from 2024-03-21T00:00:00Z --all \\\n      \
                  --csv > denied.csv\n  \
                  breachvault audit search --request R")]
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
    /// Only leaves about this request, exhibit or operator, by its id, or about this leaf, by its number
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// Only leaves of this time or later, such as 2024-03-21T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only leaves before this time
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Only the leaf with this number and later ones, such as the first that is not reviewed
    #[arg(long, value_name = "N")]
    since: Option<u64>,
    /// What was done under this request, by its id; members of the case who may read it get this list too
    #[arg(long, value_name = "ID",
        conflicts_with_all = ["action", "outcome", "case", "operator", "object", "from", "to", "since"])]
    request: Option<String>,
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

/// Count the leaves of each hour, with the hours outside work marked
#[derive(Args)]
#[command(after_help = "Examples:\n  \
                  breachvault audit volume --csv > hours.csv\n  \
                  breachvault audit volume --operator ID --from 2024-03-01T00:00:00Z \\\n      \
                  --to 2024-04-01T00:00:00Z")]
pub(crate) struct Volume {
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
    /// Only leaves of this time or later; by default seven days before the end
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only leaves before this time; by default now
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    #[command(flatten)]
    client: Client,
}

/// Print the exact bytes of a leaf, as they were hashed
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault audit leaf 42 --out leaf-42.json")]
pub(crate) struct Leaf {
    /// The leaf's number
    leaf: u64,
    #[command(flatten)]
    text: ExactText,
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
#[command(after_help = "Example:\n  \
                  breachvault audit sign-off --size 43 \\\n      \
                  --reason 'reviewed every reveal of the week'")]
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
        let mut body = filter([
            ("action", self.action),
            ("outcome", self.outcome),
            ("case", self.case),
            ("operator", self.operator),
            ("object", self.object),
            ("from", self.from),
            ("to", self.to),
        ]);
        if let Some(since) = self.since {
            body.insert("since".to_owned(), since.into());
        }
        let most = (!self.all).then_some(self.limit);
        let connection = self.client.connect()?;
        let output = &self.client.output;
        let found = match &self.request {
            Some(request) => {
                let found = of_request(&connection, request, most)?;
                output.list(&found, "leaves", REQUEST_COLUMNS)?;
                found
            }
            None => {
                let path = "/audit/leaves/search";
                let found = connection.post_pages(path, "leaves", &body, most, PAGE)?;
                output.list(&found, "leaves", COLUMNS)?;
                found
            }
        };
        if found.get("next").is_some_and(|next| !next.is_null()) {
            output.words("there are more; --limit N or --all lists them");
        }
        Ok(())
    }
}

impl Volume {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let body = filter([
            ("action", self.action),
            ("outcome", self.outcome),
            ("case", self.case),
            ("operator", self.operator),
            ("from", self.from),
            ("to", self.to),
        ]);
        let connection = self.client.connect()?;
        let asked = connection.post("/audit/volume", &Value::Object(body))?;
        let counted = asked.value()?;
        let output = &self.client.output;
        output.list(&counted, "hours", VOLUME_COLUMNS)?;
        if let (Some(leaves), Some(off)) = (counted.get("leaves"), counted.get("off_hours")) {
            output.words(&format!("in all: {leaves} leaves, {off} at off-hours"));
        }
        if let Some(first) = counted.get("not_counted_before").and_then(Value::as_u64) {
            output.words(&format!(
                "there are more: leaves before {first} are not counted; ask for a shorter time"
            ));
        }
        Ok(())
    }
}

impl Leaf {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let path = format!("/audit/leaves/{}", self.leaf);
        self.text.give_bytes(&path)
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
                if let Some(words) = shown.get("words").and_then(Value::as_object) {
                    members.extend(words.clone());
                }
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

/// The leaves of one request.
fn of_request(connection: &Connection, request: &str, most: Option<u64>) -> Result<Value, Failure> {
    let path = format!("/requests/{}/leaves", part(request));
    connection.pages("leaves", most, |connection, next, wanted| {
        let limit = wanted.unwrap_or(REQUEST_PAGE).clamp(1, REQUEST_PAGE);
        let limit = limit.to_string();
        let next = next.and_then(Value::as_str);
        let after = next.map(|next| ("after", next));
        let query = [("limit", limit.as_str())].into_iter().chain(after);
        connection.get(&with_query(&path, &query.collect::<Vec<_>>()))
    })
}

/// The members of a filter that were given.
fn filter<const N: usize>(given: [(&str, Option<String>); N]) -> Map<String, Value> {
    let given = given.into_iter();
    given
        .filter_map(|(name, value)| Some((name.to_owned(), value?.into())))
        .collect()
}

/// Leaves on a page of the API.
const PAGE: u64 = 1000;
/// Leaves of a request on a page of the API.
const REQUEST_PAGE: u64 = 500;

const COLUMNS: &[Column] = &[
    Column("LEAF", "seq"),
    Column("TIME", "time"),
    Column("ACTION", "action"),
    Column("OUTCOME", "outcome"),
    Column("KIND", "kind"),
    Column("WHO", "operator_name"),
    Column("OPERATOR", "operator"),
    Column("ROLE", "role"),
    Column("CASE", "case"),
    Column("TITLE", "title"),
    Column("OBJECT", "object"),
    Column("PURPOSE", "purpose"),
    Column("REASON", "reason"),
    Column("ROWS", "rows"),
    Column("OFF HOURS", "off_hours"),
    Column("ALARM", "alarm"),
];

const REQUEST_COLUMNS: &[Column] = &[
    Column("LEAF", "leaf"),
    Column("TIME", "time"),
    Column("ACTION", "action"),
    Column("OUTCOME", "outcome"),
    Column("KIND", "kind"),
    Column("DECISION", "decision"),
    Column("WHO", "operator_name"),
    Column("ROLE", "role"),
    Column("REASON", "reason"),
    Column("OFF HOURS", "off_hours"),
];

const VOLUME_COLUMNS: &[Column] = &[
    Column("HOUR", "hour"),
    Column("LEAVES", "leaves"),
    Column("DENIED", "denied"),
    Column("FAILED", "failed"),
    Column("OFF HOURS", "off_hours"),
];
