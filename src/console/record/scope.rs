//! `GET /console/cases/{case}/scope`: how many numbers and messages, by up to four dimensions. The question is in the
//! address.

use askama::Template;

use super::filter::{Chip, FILTER, NAMES, chips};
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, word};
use crate::operations::record::Scope;
use crate::vault::OperationError;
use crate::vault::records::{Dimension, Table, TableRow};

/// Counts of messages and distinct numbers.
pub struct ScopePage;

/// A row as it is shown.
struct Row {
    values: Vec<String>,
    numbers: String,
    small: bool,
    messages: Option<u64>,
    /// Its share of the largest row, in hundredths, for the bar beside it.
    share: u64,
}

#[derive(Template)]
#[template(path = "record/scope.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    chips: Vec<Chip>,
    by: Vec<&'a str>,
    rows: Vec<Row>,
    table: Option<Table>,
}

impl<'a> Shows<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, table: Option<Table>) -> Self {
        let by: Vec<&str> = visit.form.all("by").collect();
        let rows = table.as_ref().map(|table| rows(&by, &table.rows));
        Self {
            visit,
            refused,
            chips: chips(visit),
            by,
            rows: rows.unwrap_or_default(),
            table,
        }
    }
}

impl Page for ScopePage {
    type Operation = Scope;
    const ASKS: Option<&'static str> = Some("POST /cases/{case}/scope");
    const FIELDS: &'static [Field] = &[
        Field::Each("by"),
        Field::Group("filter", FILTER),
        Field::Text("audience"),
        Field::Optional("zone"),
        Field::Number("top"),
        Field::Optional("rule"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(table: Table, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows::of(visit, None, Some(table)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows::of(visit, Some(refused), None)))
    }
}

fn rows(by: &[&str], all: &[TableRow]) -> Vec<Row> {
    let shown: Vec<(serde_json::Value, &TableRow)> = all
        .iter()
        .filter_map(|row| Some((serde_json::to_value(row).ok()?, row)))
        .collect();
    let count = |value: &serde_json::Value| value["numbers"].as_u64().unwrap_or_default();
    let largest = shown.iter().map(|(value, _)| count(value)).max();
    let largest = largest.unwrap_or_default().max(1);
    let row = |(value, row): (serde_json::Value, &TableRow)| Row {
        values: by.iter().map(|by| place(&value, by)).collect(),
        numbers: word(&row.numbers),
        small: row.small == Some(true),
        messages: row.messages,
        share: count(&value).saturating_mul(100) / largest,
    };
    shown.into_iter().map(row).collect()
}

/// The value of a dimension; the name of the place too, where a table has it.
fn place(row: &serde_json::Value, by: &str) -> String {
    let value = word(&row[by]);
    match row["name"].as_str() {
        Some(name) if !value.is_empty() => format!("{value}, {name}"),
        _ if value.is_empty() => "not in the log".to_owned(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_its_values_in_the_order_asked_for_and_a_bar_of_its_share() {
        let row = |country: &str| TableRow {
            country: Some(country.to_owned()),
            kind: Some("sms".to_owned()),
            ..TableRow::default()
        };
        let shown = rows(&["kind", "country"], &[row("US"), row("")]);
        assert_eq!(shown[0].values, ["sms", "US"]);
        assert_eq!(shown[1].values, ["sms", "not in the log"]);
        assert_eq!((shown[0].share, shown[0].numbers.as_str()), (0, "0"));
    }
}
