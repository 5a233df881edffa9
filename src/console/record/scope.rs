//! `GET /console/cases/{case}/scope`: how many numbers and messages. A chart for each dimension, all from one question;
//! or a table by up to four of them; or a protected table. The question is in the address.

use askama::Template;

use super::chart::{ChartView, charts, nothing_of, zone_of};
use super::filter::{Chip, FILTER, NAMES, chips};
use crate::console::count::counted;
use crate::console::form::{Field, Form};
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, word};
use crate::domain::Moment;
use crate::operations::record::CountRecords;
use crate::vault::OperationError;
use crate::vault::records::{BasisView, Dimension, Table, TableRow};

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

/// A day to choose: where it begins, and where the next one does.
struct Day {
    name: String,
    begins: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "record/scope.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    chips: Vec<Chip>,
    by: Vec<&'a str>,
    rows: Vec<Row>,
    charts: Vec<ChartView>,
    days: Vec<Day>,
    table: Option<Table>,
}

/// The dimensions that have a chart.
const CHARTS: [Dimension; 9] = [
    Dimension::Day,
    Dimension::Hour,
    Dimension::Country,
    Dimension::State,
    Dimension::AreaState,
    Dimension::Carrier,
    Dimension::Kind,
    Dimension::Account,
    Dimension::Channel,
];
/// The most days to choose from: a page stays small.
const DAYS: usize = 370;

impl<'a> Shows<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, table: Option<Table>) -> Self {
        let by: Vec<&str> = visit.form.all("by").collect();
        let rows = table.as_ref().map(|table| rows(&by, &table.rows));
        let drawn = table.as_ref().map(|table| charts(visit, &table.charts));
        let days = table.as_ref().map(|table| days(visit, &table.basis));
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            chips: chips(visit),
            by,
            rows: rows.unwrap_or_default(),
            charts: drawn.unwrap_or_default(),
            days: days.unwrap_or_default(),
            table,
        }
    }

    /// Whether no record matches.
    fn nothing(&self) -> bool {
        self.charts.iter().all(|chart| chart.rows.is_empty())
    }

    /// The address of a file of the same question.
    fn file(&self, name: &str, part: &str) -> String {
        let path = format!("/console/cases/{}/{name}", self.case);
        self.visit.elsewhere_with(&path, &[("part", part)])
    }

    /// The name of the zone of days and hours.
    fn zone(&self) -> String {
        zone_of(self.visit).name().to_owned()
    }

    /// Whether the filter's time is one of the days to choose from.
    fn is_listed(&self, name: &str) -> bool {
        let held = self.visit.form.text(name);
        held.is_empty()
            || self
                .days
                .iter()
                .any(|day| [&day.begins, &day.ends].contains(&&held.to_owned()))
    }
}

/// What the pages about counts ask: all charts, unless a table is asked for.
pub(super) const QUESTION: &[Field] = &[
    Field::Each("by"),
    Field::Each("charts"),
    Field::Group("filter", FILTER),
    Field::Text("audience"),
    Field::Optional("zone"),
    Field::Number("top"),
    Field::Optional("rule"),
    Field::Text("purpose"),
    Field::Text("reason"),
];

/// What they ask if the address does not say it.
pub(super) fn usual(form: &Form) -> Vec<(&'static str, &'static str)> {
    let mut usual = vec![("audience", "team")];
    if form.all("by").next().is_none() && form.text("audience") != "protected" {
        usual.extend(CHARTS.map(|by| ("charts", by.as_str())));
    }
    usual
}

impl Page for ScopePage {
    type Operation = CountRecords;
    const ASKS: Option<&'static str> = Some("POST /cases/{case}/scope");
    const FIELDS: &'static [Field] = QUESTION;

    fn usual(form: &Form) -> Vec<(&'static str, &'static str)> {
        usual(form)
    }

    fn show(table: Table, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows::of(visit, None, Some(table)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows::of(visit, Some(refused), None)))
    }
}

/// The days of the log, in the zone that is asked for. None if they are too many to choose from.
fn days(visit: &Visit, basis: &BasisView) -> Vec<Day> {
    let zone = zone_of(visit);
    let span = basis.searched.span.as_ref();
    let ends = span.and_then(|span| {
        let moment = |text: &str| text.parse::<Moment>().ok();
        moment(&span.first).zip(moment(&span.last))
    });
    let Some((first, last)) = ends else {
        return Vec::new();
    };
    let days = zone.days(first, last, DAYS + 1);
    let day = |day: &jiff::civil::Date| {
        Some(Day {
            name: day.to_string(),
            begins: zone.begins(*day, 0)?.to_string(),
            ends: zone.begins(day.tomorrow().ok()?, 0)?.to_string(),
        })
    };
    match days.len() > DAYS {
        true => Vec::new(),
        false => days.iter().filter_map(day).collect(),
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
        numbers: counted(&row.numbers),
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
        _ if value.is_empty() => nothing_of(by.parse().unwrap_or(Dimension::State)).to_owned(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_asked_for_unless_a_table_is() {
        let json = |query: &str| -> serde_json::Value {
            let form = Form::parse(query.as_bytes()).unwrap();
            serde_json::from_slice(&form.to_json(QUESTION, &usual(&form))).unwrap()
        };
        let all = json("country=US");
        assert_eq!(all["audience"], "team");
        assert_eq!(all["charts"].as_array().map(Vec::len), Some(9));
        assert_eq!(all["filter"]["country"], serde_json::json!(["US"]));
        let none = serde_json::json!([]);
        assert_eq!(json("by=country&audience=team")["charts"], none);
        assert_eq!(json("by=country&audience=protected")["charts"], none);
        assert_eq!(json("charts=kind")["charts"], serde_json::json!(["kind"]));
    }

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
