//! The rows of a table as CSV: the same view as in JSON, each cell so that a spreadsheet neither runs nor changes it.

use std::io;

use serde_json::Value;
use zeroize::Zeroizing;

use crate::domain::WipedBuffer;
use crate::evidence::write_row;
use crate::vault::OperationError;
use crate::vault::records::{Chart, Dimension, Table, TableRow};

/// The counts of a row, after its values.
const COUNTS: [&str; 3] = ["numbers", "messages", "small"];

/// The rows of a table. Those of several charts follow each other, each with its dimension and its value.
///
/// # Errors
///
/// `Internal` if a value cannot be written.
pub fn csv_of(table: &Table) -> Result<Zeroizing<Vec<u8>>, OperationError> {
    written(|out| match table.charts.is_empty() {
        true => {
            let mut values: Vec<&str> = table.by.iter().map(|by| by.as_str()).collect();
            if let Some(row) = table.rows.first() {
                // A protected table names places too.
                let also = [("country", &row.country), ("name", &row.name)];
                let also = also
                    .iter()
                    .filter(|(name, value)| value.is_some() && !values.contains(name));
                values.extend(also.map(|(name, _)| *name).collect::<Vec<_>>());
            }
            write_row(out, values.iter().copied().chain(COUNTS))?;
            table.rows.iter().try_for_each(|row| {
                let cells = cells(row);
                let values = values.iter().map(|name| cell(&cells[*name]));
                write_cells(out, values, &cells)
            })
        }
        false => {
            write_row(out, ["by", "value"].into_iter().chain(COUNTS))?;
            table.charts.iter().try_for_each(|chart| {
                chart.rows.iter().try_for_each(|row| {
                    let (cells, by) = (cells(row), chart.by.as_str());
                    let values = [by.to_owned(), cell(&cells[by])];
                    write_cells(out, values.into_iter(), &cells)
                })
            })
        }
    })
}

/// The rows of one chart.
///
/// # Errors
///
/// `Internal` if a value cannot be written.
pub fn chart_csv_of(chart: &Chart) -> Result<Zeroizing<Vec<u8>>, OperationError> {
    let by: Dimension = chart.by;
    written(|out| {
        write_row(out, [by.as_str()].into_iter().chain(COUNTS))?;
        chart.rows.iter().try_for_each(|row| {
            let cells = cells(row);
            write_cells(out, std::iter::once(cell(&cells[by.as_str()])), &cells)
        })
    })
}

fn written(
    write: impl FnOnce(&mut WipedBuffer) -> io::Result<()>,
) -> Result<Zeroizing<Vec<u8>>, OperationError> {
    let mut out = WipedBuffer::default();
    write(&mut out).map_err(|_| OperationError::Internal("table_csv::written"))?;
    Ok(out.into_bytes())
}

fn cells(row: &TableRow) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

fn write_cells(
    out: &mut WipedBuffer,
    values: impl Iterator<Item = String>,
    row: &Value,
) -> io::Result<()> {
    let counts = COUNTS.map(|name| cell(&row[name]));
    let all: Vec<String> = values.chain(counts).collect();
    write_row(out, all.iter().map(String::as_str))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        // The one that there is: a spreadsheet would make something else of a truth value.
        Value::Bool(true) => "small".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::records::{BasisView, SearchedView, Shown, Totals};

    fn row(carrier: &str, numbers: u64) -> TableRow {
        TableRow {
            carrier: Some(carrier.to_owned()),
            messages: Some(numbers + 1),
            numbers: Shown::Number(numbers),
            small: Some(numbers < 8),
            ..TableRow::default()
        }
    }

    fn table(by: Vec<Dimension>, rows: Vec<TableRow>, charts: Vec<Chart>) -> Table {
        Table {
            by,
            rows,
            charts,
            totals: Totals {
                messages: Some(0),
                numbers: Shown::Number(0),
            },
            rest: None,
            unknown_values: Default::default(),
            rule: None,
            basis: BasisView {
                searched: SearchedView {
                    exhibits: 1,
                    records: None,
                    span: None,
                    quarantined: Shown::Number(0),
                    account_in_log: None,
                    erasures: None,
                },
                state: "as in log",
                area_state: String::new(),
                country: None,
                exhibit_ids: None,
                edition: None,
            },
        }
    }

    fn text(csv: Result<Zeroizing<Vec<u8>>, OperationError>) -> String {
        String::from_utf8(csv.ok().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn a_row_of_csv_has_its_values_then_its_counts_and_no_formula() {
        let rows = vec![row("=1+1", 7), row("Example Mobile", 12)];
        let csv = text(csv_of(&table(vec![Dimension::Carrier], rows, Vec::new())));
        let expected = "\"carrier\",\"numbers\",\"messages\",\"small\"\r\n\
            \"'=1+1\",\"7\",\"8\",\"small\"\r\n\"Example Mobile\",\"12\",\"13\",\"\"\r\n";
        assert_eq!(csv, expected);
        let none = text(csv_of(&table(vec![Dimension::Day], Vec::new(), Vec::new())));
        assert_eq!(none, "\"day\",\"numbers\",\"messages\",\"small\"\r\n");
    }

    #[test]
    fn a_protected_row_has_its_country_and_name_and_no_messages() {
        let protected = TableRow {
            state: Some("US-WA".to_owned()),
            country: Some("US".to_owned()),
            name: Some("Washington, United States".to_owned()),
            numbers: Shown::Number(40),
            ..TableRow::default()
        };
        let csv = text(csv_of(&table(
            vec![Dimension::State],
            vec![protected],
            Vec::new(),
        )));
        let expected = "\"state\",\"country\",\"name\",\"numbers\",\"messages\",\"small\"\r\n\
            \"US-WA\",\"US\",\"Washington, United States\",\"40\",\"\",\"\"\r\n";
        assert_eq!(csv, expected);
    }

    #[test]
    fn charts_are_told_apart_in_one_file_and_alone_have_their_own_heading() {
        let chart = |rows| Chart {
            by: Dimension::Carrier,
            rows,
            rest: None,
        };
        let all = table(Vec::new(), Vec::new(), vec![chart(vec![row("A", 9)])]);
        let expected = "\"by\",\"value\",\"numbers\",\"messages\",\"small\"\r\n\
            \"carrier\",\"A\",\"9\",\"10\",\"\"\r\n";
        assert_eq!(text(csv_of(&all)), expected);
        let expected =
            "\"carrier\",\"numbers\",\"messages\",\"small\"\r\n\"A\",\"9\",\"10\",\"\"\r\n";
        assert_eq!(text(chart_csv_of(&chart(vec![row("A", 9)]))), expected);
    }
}
