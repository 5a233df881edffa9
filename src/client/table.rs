//! Rows of an answer as an aligned table or as CSV.

use std::io::Write;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::failure::Failure;
use super::shown::shown;
use crate::evidence::write_row;

/// A column: its heading, and the member of a row that it shows; `a.b` is the member `b` of the member `a`.
pub(crate) struct Column(pub(crate) &'static str, pub(crate) &'static str);

impl Column {
    fn value<'v>(&self, row: &'v Value) -> &'v Value {
        let path = self.1.split('.');
        path.fold(row, |value, name| value.get(name).unwrap_or(&Value::Null))
    }
}

/// Writes the rows with their columns below each other. Columns of numbers are aligned to the right.
pub(crate) fn write_table(
    out: &mut impl Write,
    rows: &[Value],
    columns: &[Column],
) -> Result<(), Failure> {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let values = columns.iter().map(|column| column.value(row));
            values.map(|value| shown(&plain(value)).into_owned())
        })
        .map(Iterator::collect)
        .collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            let longest = cells.iter().map(|row| row[at].width()).max();
            longest.unwrap_or(0).max(columns[at].0.width())
        })
        .collect();
    let numeric: Vec<bool> = columns
        .iter()
        .map(|column| rows.iter().any(|row| column.value(row).is_number()))
        .collect();
    let headings = columns.iter().map(|column| column.0.to_owned()).collect();
    for row in std::iter::once(&headings).chain(&cells) {
        let mut line = String::new();
        for ((cell, width), right) in row.iter().zip(&widths).zip(&numeric) {
            let pad = " ".repeat(width.saturating_sub(cell.width()));
            match right {
                true => line.extend([pad.as_str(), cell.as_str(), "  "]),
                false => line.extend([cell.as_str(), pad.as_str(), "  "]),
            }
        }
        writeln!(out, "{}", line.trim_end()).map_err(Failure::output)?;
    }
    Ok(())
}

/// Writes the rows as CSV with headings, each cell so that a spreadsheet neither runs nor changes it. What a terminal
/// would obey is spelt out: who looks at the file later has one too.
pub(crate) fn write_csv(
    out: &mut impl Write,
    rows: &[Value],
    columns: &[Column],
) -> Result<(), Failure> {
    write_row(out, columns.iter().map(|column| column.1)).map_err(Failure::output)?;
    for row in rows {
        let cells: Vec<String> = columns
            .iter()
            .map(|column| cell(column.value(row)))
            .collect();
        write_row(out, cells.iter().map(String::as_str)).map_err(Failure::output)?;
    }
    Ok(())
}

/// The text of a CSV cell; nothing for null.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        value => shown(&plain(value)).into_owned(),
    }
}

/// A value without quotation marks.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let told = members
                .iter()
                .map(|(name, value)| format!("{name} {}", plain(value)));
            told.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const COLUMNS: &[Column] = &[
        Column("NAME", "name"),
        Column("COUNT", "of.count"),
        Column("WHY", "why"),
    ];

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        let rows = [
            json!({ "name": "日本", "of": { "count": 7 }, "why": null }),
            json!({ "name": "a\u{1b}[2J", "of": { "count": 1000 }, "why": ["x", "y"] }),
        ];
        let mut out = Vec::new();
        write_table(&mut out, &rows, COLUMNS).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "NAME        COUNT  WHY\n日本            7  -\na\\u{1b}[2J   1000  x, y\n"
        );
    }

    #[test]
    fn cells_of_csv_are_safe_in_a_spreadsheet() {
        let rows = [json!({ "name": "=1+1", "of": { "count": 3 }, "why": "a\u{1b}\u{202e}" })];
        let mut out = Vec::new();
        write_csv(&mut out, &rows, COLUMNS).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\"name\",\"of.count\",\"why\"\r\n\"'=1+1\",\"3\",\"a\\u{1b}\\u{202e}\"\r\n"
        );
    }
}
