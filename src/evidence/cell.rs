//! CSV cells that a spreadsheet does not run.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end for a
//! formula, and an E.164 number begins with `+`. Such a cell is written with a leading `'`. That
//! changes the value; the exact values are in the JSON file beside the CSV. This protects people
//! who open the file with a double-click. It does not make a spreadsheet keep long digits.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::domain::invisible::is_invisible;

/// The cell, with a leading `'` if a spreadsheet might run it.
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    if runs(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Writes one row of safe cells: every cell quoted, quotes doubled, CRLF (RFC 4180).
///
/// Every cell is quoted so that a spreadsheet that splits at `;` or tab cannot find a new cell, and
/// a formula, in the middle of one.
pub fn write_row<'a>(
    out: &mut dyn Write,
    cells: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    let mut first = true;
    for cell in cells {
        let open: &[u8] = match (first, runs(cell)) {
            (true, false) => b"\"",
            (true, true) => b"\"'",
            (false, false) => b",\"",
            (false, true) => b",\"'",
        };
        first = false;
        out.write_all(open)?;
        let mut parts = cell.as_bytes().split(|byte| *byte == b'"');
        out.write_all(parts.next().unwrap_or_default())?;
        for part in parts {
            out.write_all(b"\"\"")?;
            out.write_all(part)?;
        }
        out.write_all(b"\"")?;
    }
    out.write_all(b"\r\n")
}

/// Skips leading spaces and invisible marks, because some programs trim them first.
fn runs(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start_matches(|c: char| is_invisible(c) || c.is_control())
            .starts_with(STARTS)
}

/// ASCII, then the full-width and small variants, then the minus sign.
const STARTS: [char; 13] = [
    '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{fe66}', '\u{fe62}',
    '\u{fe63}', '\u{fe6b}', '\u{2212}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_a_spreadsheet_would_run_gets_a_quote_before_it() {
        for cell in [
            "=HYPERLINK(\"x\")",
            "+12025550100",
            "-1+1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "﹦1",
            "−1",
            " =1",
            "\u{feff}=1",
            "\u{a0}+1",
        ] {
            assert_eq!(safe_cell(cell), format!("'{cell}"), "{cell:?}");
        }
    }

    #[test]
    fn a_plain_cell_stays_as_it_is() {
        for cell in [
            "",
            "US",
            "2024-03-21T22:34:49Z",
            "a=b",
            "1+1",
            "'x",
            "Côte d’Ivoire",
        ] {
            assert_eq!(safe_cell(cell), cell);
        }
    }

    #[test]
    fn a_row_is_quoted_throughout_and_reads_back() {
        let mut out = Vec::new();
        write_row(&mut out, ["+12025550100", "say \"hi\"", "a;=1", "", "\""]).unwrap();
        assert_eq!(
            out,
            b"\"'+12025550100\",\"say \"\"hi\"\"\",\"a;=1\",\"\",\"\"\"\"\r\n"
        );
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&out[..]);
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(
            row.iter().collect::<Vec<_>>(),
            ["'+12025550100", "say \"hi\"", "a;=1", "", "\""]
        );
    }
}
