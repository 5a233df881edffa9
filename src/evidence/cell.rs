//! CSV cells that a spreadsheet neither runs nor changes.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and an E.164 number begins with `+`.
//! It also reads cells as numbers, dates or truth values and keeps what it made of them: `0012345` becomes 12345, `1E5`
//! becomes 100000, the last digits of a long reference become zeros, and `MAR1` becomes a date, or `Mrz 1` where the
//! spreadsheet speaks German. Such a cell is written with a `'` in front, which stays visible, and so is a cell that
//! begins with `'` itself. No other cell begins with `'`, so whoever takes one `'` away from the start of each cell
//! that has one has the exact text again.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::LazyLock;

use crate::domain::invisible::{is_blank, is_mark};

/// The cell, with a leading `'` if a spreadsheet might run or change it.
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    match needs_quote(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// Writes one row of safe cells: every cell quoted, quotes doubled, CRLF (RFC 4180).
///
/// Every cell is quoted so that a spreadsheet that splits at `;` or tab cannot find a new cell, and
/// a formula, in the middle of one.
pub fn write_row<'a>(
    out: &mut impl Write,
    cells: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    let mut first = true;
    for cell in cells {
        let open: &[u8] = match (first, needs_quote(cell)) {
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

/// Whether a spreadsheet might make something else of the text. What is surely left as it is: nothing, `*`, a whole
/// number of up to 15 digits, a time such as `2024-03-21T22:34:49Z`, and a text that begins with a letter, ends with a
/// visible character, is no truth value, and has no digit or looks like an identifier.
///
/// No list of months and currencies is asked: `Mrz 5`, `фев 5`, `一月 5`, `Rp5` and `令和6年3月5日` are values in one
/// locale or another, and what they have in common is a letter first and a digit later.
fn needs_quote(text: &str) -> bool {
    match text.chars().next() {
        None => false,
        Some(first) if first.is_alphabetic() => {
            text.ends_with(|c: char| is_blank(c) || is_mark(c))
                || text.contains(char::is_control)
                || match text.contains(char::is_numeric) {
                    true => !is_identifier(text),
                    false => is_truth_value(text),
                }
        }
        Some(_) => !(text == "*" || is_whole_number(text) || is_utc_time(text)),
    }
}

/// Spreadsheets keep 15 digits.
fn is_whole_number(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && text.len() <= 15 && (text == "0" || !text.starts_with('0'))
}

/// `2024-03-21T22:34:49Z`, which no spreadsheet takes for a date.
fn is_utc_time(text: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00Z";
    let fits = |(byte, shape): (u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => byte == *shape,
    };
    text.len() == SHAPE.len() && text.bytes().zip(SHAPE).all(fits)
}

/// Whether a text that begins with a letter is an identifier that no locale reads: it is ASCII without a blank, and has
/// a `_` or `@`, or at least three groups of letters after its first digit, or is the token of a subject.
fn is_identifier(text: &str) -> bool {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let after = text.find(|c: char| c.is_ascii_digit());
    let after = after.and_then(|at| text.get(at..)).unwrap_or_default();
    let groups = after.split(|c: char| !c.is_ascii_alphabetic());
    text.contains(['_', '@'])
        || groups.filter(|group| !group.is_empty()).count() >= 3
        || is_token(text)
}

/// `S-7Q4M2KXA`. One of digits alone, but for an `E`, could be an amount.
fn is_token(text: &str) -> bool {
    let Some(signs) = text.strip_prefix("S-") else {
        return false;
    };
    let is_sign = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    let tells = |byte: u8| byte.is_ascii_uppercase() && byte != b'E';
    signs.len() == 8 && signs.bytes().all(is_sign) && signs.bytes().any(tells)
}

/// Whether it is true or false in a language of spreadsheets, in any letter case.
fn is_truth_value(text: &str) -> bool {
    // Both in capitals, because `YANLIŞ` has two forms in small letters.
    text.len() <= LONGEST_TRUTH && TRUTH.contains(text.to_uppercase().as_str())
}

/// True and false, one word a line: in the locale data of LibreOffice 7.4, and in Excel.
const TRUTH_WORDS: &str = include_str!("truth_words.txt");

/// Longer than any of them, in bytes.
const LONGEST_TRUTH: usize = 64;

static TRUTH: LazyLock<HashSet<String>> =
    LazyLock::new(|| TRUTH_WORDS.lines().map(str::to_uppercase).collect());

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
    fn a_cell_a_spreadsheet_would_change_gets_one_too() {
        for cell in [
            "0012345",
            "00",
            "1E5",
            "1.20",
            "1,000",
            "1234567890123456",
            "12345678901234567890",
            "0x1F",
            "-5",
            "5%",
            "1/2",
            "½",
            "１２",
            "2024-03-21",
            "21.03.2024",
            "22:34",
            "2024-03-21T22:34:49",
            "2024-03-21T22:34:49+01:00",
            "MAR1",
            "Mar 5",
            "March 2024",
            "Okt 5",
            "Mon, 4 Mar 2024 10:00 PM",
            "EUR 5",
            "kr5",
            "Mrz 5",
            "фев 5",
            "Nis 5",
            "一月 5",
            "三月2024",
            "令和6年3月5日",
            "ม.ค. 5",
            "يناير 5",
            "NT$5",
            "R$ 5",
            "Rp5",
            "RM5",
            "ر.س 5",
            "H30.3.5",
            "DF9",
            "O2",
            "user.12",
            "Mon5Mar2024",
            "Example Mobile 310260",
            "S-12345678",
            "S-1234E567",
            "TRUE",
            "false",
            "WAHR",
            "YANLIŞ",
            "yanlış",
            "TÕENE",
            "PATIESS",
            "ΨΕΥΔΕΣ",
            "ложь",
            "#N/A",
            "(5)",
            "$5",
            "5 ",
            "acme ",
            "a\nb",
            "'x",
            "''",
            "'",
        ] {
            assert_eq!(safe_cell(cell), format!("'{cell}"), "{cell:?}");
        }
    }

    #[test]
    fn a_plain_cell_stays_as_it_is() {
        for cell in [
            "",
            "*",
            "0",
            "7",
            "123456789012345",
            "US",
            "US-WA",
            "Washington, United States",
            "2024-03-21T22:34:49Z",
            "a=b",
            "S-7Q4M2KXA",
            "S-1234567K",
            "SM3f0a9c81d7e24b56",
            "x_0123456789abcdefghjk:17",
            "user.12@example.org",
            "Example Mobile",
            "Côte d’Ivoire",
            "March",
            "Marble Mobile",
            "電話",
        ] {
            assert_eq!(safe_cell(cell), cell);
        }
    }

    #[test]
    fn one_quote_taken_away_gives_every_text_back() {
        for text in ["", "'", "''x", "+12025550100", "plain", "0012", "=1", "1"] {
            let cell = safe_cell(text);
            assert_eq!(cell.strip_prefix('\'').unwrap_or(&cell), text);
        }
    }

    #[test]
    fn a_row_is_quoted_throughout_and_reads_back() {
        let mut out = Vec::new();
        write_row(&mut out, ["+12025550100", "say \"hi\"", "a;=b", "", "\""]).unwrap();
        assert_eq!(
            out,
            b"\"'+12025550100\",\"say \"\"hi\"\"\",\"a;=b\",\"\",\"'\"\"\"\r\n"
        );
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&out[..]);
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(
            row.iter().collect::<Vec<_>>(),
            ["'+12025550100", "say \"hi\"", "a;=b", "", "'\""]
        );
    }
}
