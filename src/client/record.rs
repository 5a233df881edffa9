//! Records, with their numbers masked.

use clap::Args;
use serde_json::{Map, Value};

use super::basis::tell_basis;
use super::case_arg::CaseArg;
use super::failure::Failure;
use super::filter::Filter;
use super::output::Output;
use super::server::Client;
use super::table::Column;
use super::why::Why;
use crate::domain::unknown_value_words;

/// List records, with their numbers masked
#[derive(Args)]
#[command(after_help = "Examples:\n  \
                  breachvault records --case C --kind phone --purpose scoping \\\n      \
                  --reason 'voice calls first'\n  \
                  breachvault records --case C --subject S-7Q4M2KXA --order time --all --csv \\\n      \
                  --purpose victim-inquiry --reason 'the person asks when' > timeline.csv")]
pub(crate) struct Records {
    /// How many to list
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "all",
        value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// List all that the filter keeps
    #[arg(long)]
    all: bool,
    /// In which order: as in the log, by the time of sending, or by the values of a column
    #[arg(long, value_name = "HOW", value_parser = ORDERS)]
    order: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    client: Client,
}

impl Records {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let output = &self.client.output;
        let mut body = Map::new();
        self.filter.add_to(&mut body)?;
        self.why.add_to(&mut body);
        if let Some(order) = self.order {
            body.insert("order".to_owned(), order.into());
        }
        let most = (!self.all).then_some(self.limit);
        let path = self.case.path("/records/search");
        let connection = self.client.connect()?;
        let found = connection.post_pages(&path, "records", &body, most, PAGE)?;
        output.list(&found, "records", COLUMNS)?;
        tell_basis(output, &found)?;
        warn_of_unknown(output, &found);
        let total = found.get("total").and_then(Value::as_u64).unwrap_or(0);
        let listed = found.get("records").and_then(Value::as_array);
        let listed = listed.map_or(0, Vec::len) as u64;
        if listed < total {
            output.words(&format!(
                "{listed} of {total} records; --limit N or --all lists more"
            ));
        }
        Ok(())
    }
}

/// Says which values of a filter the case does not have.
pub(crate) fn warn_of_unknown(output: &Output, answer: &Value) {
    let unknown = answer.get("unknown_values").and_then(Value::as_object);
    for (name, values) in unknown.into_iter().flatten() {
        let values = values.as_array().into_iter().flatten();
        let values: Vec<_> = values.filter_map(Value::as_str).collect();
        for told in unknown_value_words(name, &values) {
            output.words(&told);
        }
    }
}

const ORDERS: [&str; 10] = [
    "record",
    "time",
    "latest",
    "account",
    "carrier",
    "country",
    "state",
    "area_state",
    "kind",
    "channel",
];

/// Records on a page of the API.
const PAGE: u64 = 500;

const COLUMNS: &[Column] = &[
    Column("RECORD", "record"),
    Column("SENT", "sent_at"),
    Column("NUMBER", "number_masked"),
    Column("SUBJECT", "subject"),
    Column("ACCOUNT", "account"),
    Column("COUNTRY", "country"),
    Column("STATE", "state"),
    Column("AREA STATE", "area_state"),
    Column("CARRIER", "carrier"),
    Column("KIND", "kind"),
    Column("CHANNEL", "channel"),
];
