//! CSV cells that a spreadsheet neither runs nor changes.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and an E.164 number begins with `+`.
//! It also reads cells as numbers, dates or truth values and keeps what it made of them: `0012345` becomes 12345, `1E5`
//! becomes 100000, the last digits of a long reference become zeros, and `MAR1` becomes a date. Such a cell is written
//! with a `'` in front, which stays visible, and so is a cell that begins with `'` itself. No other cell begins with
//! `'`, so whoever takes one `'` away from the start of each cell that has one has the exact text again.

use std::borrow::Cow;
use std::io::{self, Write};

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
/// visible character, and reads neither as a truth value nor as a date or an amount.
fn needs_quote(text: &str) -> bool {
    match text.chars().next() {
        None => false,
        Some(first) if first.is_alphabetic() => {
            text.ends_with(|c: char| is_blank(c) || is_mark(c))
                || text.contains(char::is_control)
                || may_be_a_value(text)
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

/// Whether a text that begins with a letter may be a truth value, a date or an amount of money. It is a date or an
/// amount only if each of its words is of that kind.
fn may_be_a_value(text: &str) -> bool {
    if !text.contains(char::is_numeric) {
        return TRUTH.iter().any(|word| is_same(text, word));
    }
    let mut words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    words.all(|word| {
        AMOUNTS.iter().any(|other| is_same(word, other))
            || CALENDAR.iter().any(|begins| {
                let begun = word.char_indices().nth(begins.chars().count());
                let begun = begun.map_or(word, |(end, _)| word.get(..end).unwrap_or(word));
                is_same(begun, begins)
            })
    })
}

/// Whether they differ in letter case at most; `lower` is in lower case.
fn is_same(text: &str, lower: &str) -> bool {
    match text.is_ascii() {
        true => text.eq_ignore_ascii_case(lower),
        false => text.chars().flat_map(char::to_lowercase).eq(lower.chars()),
    }
}

/// True and false in the languages of spreadsheets.
const TRUTH: [&str; 32] = [
    "true",
    "false",
    "wahr",
    "falsch",
    "vrai",
    "faux",
    "verdadero",
    "falso",
    "verdadeiro",
    "vero",
    "waar",
    "onwaar",
    "sant",
    "falskt",
    "sand",
    "falsk",
    "sann",
    "usann",
    "tosi",
    "epätosi",
    "prawda",
    "fałsz",
    "pravda",
    "nepravda",
    "igaz",
    "hamis",
    "adevărat",
    "fals",
    "doğru",
    "yanlış",
    "истина",
    "ложь",
];
/// How the names of months and weekdays begin, in the languages of Europe; and what else a date may have in it.
const CALENDAR: [&str; 74] = [
    "jan", "ene", "gen", "ian", "janv", "feb", "fev", "fév", "mar", "mär", "mrt", "maa", "maj",
    "mai", "may", "mag", "mei", "maio", "apr", "avr", "abr", "kwi", "jun", "jui", "giu", "cze",
    "iun", "jul", "lug", "lip", "iul", "aug", "aoû", "ago", "sie", "sep", "set", "wrz", "oct",
    "okt", "ott", "out", "paź", "nov", "noi", "lis", "dec", "dez", "déc", "dic", "gru", "des",
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "lun", "mer", "jeu",
    "ven", "sam", "dim", "dom", "am", "pm", "янв", "gmt",
];
/// Currencies and what else an amount may have in it.
const AMOUNTS: [&str; 47] = [
    "usd", "eur", "gbp", "chf", "jpy", "cad", "aud", "nzd", "sek", "nok", "dkk", "pln", "czk",
    "huf", "ron", "bgn", "try", "rub", "uah", "brl", "mxn", "ars", "inr", "cny", "hkd", "sgd",
    "krw", "zar", "ils", "aed", "sar", "thb", "idr", "myr", "php", "kr", "kč", "zł", "ft", "fr",
    "rs", "r", "lei", "lv", "tl", "e", "utc",
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
            "TRUE",
            "false",
            "WAHR",
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
            "DF9",
            "O2",
            "user.12",
            "SM0123456789abcdef",
            "Example Mobile 310260",
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
        write_row(&mut out, ["+12025550100", "say \"hi\"", "a;=1", "", "\""]).unwrap();
        assert_eq!(
            out,
            b"\"'+12025550100\",\"say \"\"hi\"\"\",\"a;=1\",\"\",\"'\"\"\"\r\n"
        );
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&out[..]);
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(
            row.iter().collect::<Vec<_>>(),
            ["'+12025550100", "say \"hi\"", "a;=1", "", "'\""]
        );
    }
}
