//! How many are affected: tables of counts.

use clap::Args;
use serde_json::{Map, Value, json};

use super::basis::tell_basis;
use super::case_arg::CaseArg;
use super::failure::Failure;
use super::filter::Filter;
use super::record::warn_of_unknown;
use super::server::Client;
use super::table::{Column, plain};
use super::why::WhyIfAny;

/// Count numbers and messages, by country, state, carrier, day and more
#[derive(Args)]
#[command(
    after_help = "Examples:\n  breachvault scope --case C --by country,state --csv > scope.csv\n  \
                  breachvault scope --case C --by day --zone Europe/London --account acme\n  \
                  breachvault scope --case C --charts --csv > charts.csv\n  \
                  breachvault scope --case C --by state --audience protected"
)]
pub(crate) struct Scope {
    /// What to count by: up to four of country, state, area_state, carrier, kind, account, channel, day, hour and week
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        value_parser = ["country", "state", "area_state", "carrier", "kind", "account", "channel", "day", "hour", "week"],
        hide_possible_values = true
    )]
    by: Vec<String>,
    /// A table by each of day, hour, country, state, area_state, carrier, kind, account and channel, for the price of
    /// one
    #[arg(long, conflicts_with_all = ["by", "rule"])]
    charts: bool,
    /// Whom the table is for: the team, with exact counts, or others, with protected ones
    #[arg(long, value_name = "WHO", default_value = "team", value_parser = ["team", "protected"])]
    audience: String,
    /// Which rule protects a table for others
    #[arg(long, value_name = "RULE", value_parser = ["nhs", "cms"])]
    rule: Option<String>,
    /// Only so many rows, the largest; the others are summed up
    #[arg(long, value_name = "N")]
    top: Option<u32>,
    /// The zone of days, hours and weeks, such as Europe/London; by default UTC
    #[arg(long, value_name = "Z")]
    zone: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: WhyIfAny,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    client: Client,
}

impl Scope {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let output = &self.client.output;
        let mut body = Map::new();
        body.insert("audience".to_owned(), self.audience.into());
        match self.charts {
            true => body.insert("charts".to_owned(), json!(CHARTS)),
            false => body.insert("by".to_owned(), json!(self.by)),
        };
        for (name, value) in [
            ("rule", self.rule.map(Value::from)),
            ("top", self.top.map(Value::from)),
            ("zone", self.zone.map(Value::from)),
        ] {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        }
        self.why.add_to(&mut body);
        self.filter.add_to(&mut body)?;
        let connection = self.client.connect()?;
        let asked = connection.post(&self.case.path("/scope"), &Value::Object(body))?;
        let table = asked.value()?;
        if self.charts {
            let rows = match output.json {
                true => table.clone(),
                false => json!({ "rows": rows_of_charts(&table)? }),
            };
            output.list(&rows, "rows", OF_CHARTS)?;
            tell_basis(output, &table)?;
            warn_of_unknown(output, &table);
            if let Some(counts) = table.get("totals") {
                output.words(&format!("in all: {}", plain(counts)));
            }
            return Ok(());
        }
        let mut columns: Vec<Column> = COLUMNS
            .iter()
            .filter(|column| self.by.iter().any(|by| by == column.1))
            .map(|column| Column(column.0, column.1))
            .collect();
        // A protected table has no messages.
        let messages = table.pointer("/totals/messages").is_some();
        columns.push(Column("NUMBERS", "numbers"));
        columns.extend(messages.then_some(Column("MESSAGES", "messages")));
        // Where nothing is counted by, the totals are the only row.
        let totals_alone = self.by.is_empty() && !output.json;
        match totals_alone {
            true => {
                let totals = table.get("totals").ok_or_else(Failure::strange_answer)?;
                output.list(&json!({ "rows": [totals] }), "rows", &columns)?;
            }
            false => output.list(&table, "rows", &columns)?,
        }
        tell_basis(output, &table)?;
        warn_of_unknown(output, &table);
        let counts = [("in all", "totals"), ("in further rows", "rest")];
        for (what, member) in counts.into_iter().filter(|_| !totals_alone) {
            if let Some(counts) = table.get(member) {
                output.words(&format!("{what}: {}", plain(counts)));
            }
        }
        Ok(())
    }
}

/// The rows of all charts, each with its dimension and its value.
fn rows_of_charts(table: &Value) -> Result<Vec<Value>, Failure> {
    let charts = table.get("charts").and_then(Value::as_array);
    let mut rows = Vec::new();
    for chart in charts.ok_or_else(Failure::strange_answer)? {
        let by = chart.get("by").and_then(Value::as_str);
        let of_chart = chart.get("rows").and_then(Value::as_array);
        let (by, of_chart) = by.zip(of_chart).ok_or_else(Failure::strange_answer)?;
        for row in of_chart {
            rows.push(json!({
                "by": by,
                "value": row.get(by),
                "numbers": row.get("numbers"),
                "messages": row.get("messages"),
                "small": (row.get("small") == Some(&Value::Bool(true))).then_some("small"),
            }));
        }
    }
    Ok(rows)
}

/// The dimensions of `--charts`.
const CHARTS: [&str; 9] = [
    "day",
    "hour",
    "country",
    "state",
    "area_state",
    "carrier",
    "kind",
    "account",
    "channel",
];

const OF_CHARTS: &[Column] = &[
    Column("BY", "by"),
    Column("VALUE", "value"),
    Column("NUMBERS", "numbers"),
    Column("MESSAGES", "messages"),
    Column("FOR OTHERS", "small"),
];

const COLUMNS: &[Column] = &[
    Column("COUNTRY", "country"),
    Column("STATE", "state"),
    Column("AREA STATE", "area_state"),
    Column("CARRIER", "carrier"),
    Column("KIND", "kind"),
    Column("ACCOUNT", "account"),
    Column("CHANNEL", "channel"),
    Column("DAY", "day"),
    Column("HOUR", "hour"),
    Column("WEEK", "week"),
];
