//! The reference of a message: what in its cell is a reference, and what only stands where one would be.
//!
//! Two rows with one reference and one number are one message. A word for "there is none", or an id that a spreadsheet
//! made a rounded number of, would make one message of many. Such a cell is read as blank.

use super::nothing::Placeholder;

/// The cell, or nothing if it holds no reference.
pub(super) fn reference(cell: &str) -> Option<&str> {
    let none = stands_for_none(cell) || is_rounded(cell.as_bytes());
    (!none).then_some(cell)
}

/// True for a blank, and for what stands where a value would be.
fn stands_for_none(cell: &str) -> bool {
    // Nearly every reference has such a digit, and nothing else that stands for none has one.
    if cell.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        return cell == "-1";
    }
    let said = || {
        let letters = cell.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase)
    };
    let crossed_out = || said().count() >= CROSSES && said().all(|c| c == 'x');
    let known = || WORDS.iter().any(|word| said().eq(word.chars()));
    Placeholder::of(cell).is_some() || known() || crossed_out()
}

/// True for what a spreadsheet makes of a long id: `1.23457E+18`, `1,23457E+18`, `1.23457E18` as Java writes it, or
/// digits of which only the first 15 are left.
fn is_rounded(cell: &[u8]) -> bool {
    // It ends in a zero, or has an exponent. Few references do.
    let power = || cell.iter().rev().take(4);
    let raised = || power().any(|byte| matches!(byte, b'E' | b'e' | b'+'));
    if cell.last() != Some(&b'0') && !raised() {
        return false;
    }
    let cell = cell.strip_prefix(b"-").unwrap_or(cell);
    let digits = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let whole = digits(cell);
    let Some(rest) = cell.get(whole..).filter(|_| whole > 0) else {
        return false;
    };
    match rest {
        [] => whole >= SURELY_CUT && cell.iter().skip(EXACT).all(|digit| *digit == b'0'),
        // `123456789012345000.00`
        [b'.' | b',', zeros @ ..]
            if !zeros.is_empty() && zeros.iter().all(|digit| *digit == b'0') =>
        {
            whole > EXACT
        }
        [b'.' | b',', fraction @ ..] => match fraction.split_at_checked(digits(fraction)) {
            // No id in hexadecimal has a point in it.
            Some(([_, ..], [b'E' | b'e', power @ ..])) if is_power(power) => true,
            Some((_, exponent)) => is_exponent(exponent),
            None => false,
        },
        // `1E+18`; without the sign it may be an id in hexadecimal.
        _ => is_exponent(rest),
    }
}

/// `E+18`
fn is_exponent(text: &[u8]) -> bool {
    match text {
        [b'E' | b'e', b'+', power @ ..] => is_power(power),
        _ => false,
    }
}

fn is_power(digits: &[u8]) -> bool {
    (1..=3).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

/// How many digits of a number a spreadsheet keeps.
const EXACT: usize = 15;
/// From this length on, zeros behind the digits that are kept are no chance.
const SURELY_CUT: usize = 18;

/// Words that say of a reference that there is none, and may be a value elsewhere. Letters only, in lower case.
const WORDS: [&str; 26] = [
    "na",
    "unk",
    "nothing",
    "void",
    "tbd",
    "noid",
    "noref",
    "noreference",
    "objectobject",
    "ref",
    "value",
    "name",
    "false",
    // Somebody took the id out.
    "redacted",
    "removed",
    "masked",
    "hidden",
    "anonymized",
    "anonymised",
    // As others say it.
    "keine",
    "aucune",
    "aucun",
    "ninguna",
    "ninguno",
    "nessuno",
    "geen",
];
/// How many crosses stand for an id that was taken out. Fewer may be one.
const CROSSES: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_marks_for_nothing_are_no_reference() {
        for cell in [
            "",
            " ",
            "NULL",
            "null",
            "(null)",
            "<null>",
            "[NULL]",
            "\"null\"",
            "N/A",
            "n/a",
            "#N/A",
            "NA",
            "<NA>",
            "n.a.",
            "-",
            "--",
            "\u{2014}",
            "\u{2026}",
            "?",
            ".",
            "_",
            "\\N",
            "\\n",
            "nan",
            "NaN",
            "NaT",
            "None",
            "none",
            "nil",
            "undefined",
            "Unknown",
            "UNKNOWN",
            "not available",
            "Not Set",
            "0",
            "00",
            "0.0",
            "#REF!",
            "#VALUE!",
            "#NAME?",
            "#DIV/0!",
            "[object Object]",
            "(blank)",
            "EMPTY",
            "00000000-0000-0000-0000-000000000000",
            "-1",
            "REDACTED",
            "[redacted]",
            "xxxx",
            "XXXXXXXX-XXXX",
            "False",
            "keine",
        ] {
            assert_eq!(reference(cell), None, "{cell}");
        }
    }

    #[test]
    fn ids_that_a_spreadsheet_rounded_are_no_reference() {
        for cell in [
            "1.23457E+18",
            "1,23457E+18",
            "1.23457e+18",
            "1.23457E18",
            "1,2e18",
            "1E+18",
            "-1.2E+9",
            "1.E+18",
            "123456789012345000",
            "1234567890123450000",
            "1234567890123456.00",
            "1234567890123456,0",
        ] {
            assert_eq!(reference(cell), None, "{cell}");
        }
    }

    #[test]
    fn ids_are_references_whatever_they_look_like() {
        for cell in [
            "m-1",
            "1",
            "10",
            "N",
            "A",
            "SM0123456789abcdef0123456789abcdef",
            "12E10",
            "1E5",
            "123456789012345678",
            "1234567890",
            "1000000000000000",
            "0A0000000123ABCD1",
            "null-7",
            "NA-17",
            "none1",
            "ref-1",
            "a0e1b2c3-0000-0000-0000-000000000000",
            "1.2.3",
            "E+5",
            "1.E5",
            "1.2E1234",
            "-12",
            "xx",
            "2024-03-01",
        ] {
            assert_eq!(reference(cell), Some(cell), "{cell}");
        }
    }
}
