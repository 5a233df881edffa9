//! The lines before the names of the columns. A number in one of them is of somebody: such a line is a record of
//! another log, or it is counted in quarantine. It is never skipped in silence.

use zeroize::Zeroizing;

use super::first_cells::{cells, digits, may_be_a_number};
use super::quotes::Quotes;
use crate::ingest::times::serial::is_day;
use crate::vault::plaintext::{NumberState, Phone, RawNumber};

/// What the lines before a header have in them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Preamble {
    /// The first line that looks like a record.
    pub(super) record: Option<u64>,
    /// Lines with a number that do not look like one, such as whom to call about the report.
    pub(super) held: Vec<u64>,
}

/// The lines before the records.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// How many lines there are before the header.
    pub(in crate::ingest) preamble: u64,
    /// How many lines the header has.
    pub(in crate::ingest) header: u64,
    /// The lines before it that have a number in them.
    pub(in crate::ingest) held: Vec<u64>,
}

impl Preamble {
    /// Looks at lines with their numbers.
    pub(super) fn of(lines: &[(u64, &[u8])], (delimiter, quotes): (u8, Quotes)) -> Self {
        let mut found = Self::default();
        let mut others = Vec::new();
        let mut timed = Vec::new();
        for (line, bytes) in lines {
            let text = String::from_utf8_lossy(bytes);
            let cells = cells(bytes, delimiter, quotes);
            let mut cells: Vec<&[u8]> = cells.iter().map(<[u8]>::trim_ascii).collect();
            cells.retain(|cell| !cell.is_empty());
            if !holds_a_number(&text) {
                // With another delimiter all of the line is one cell.
                let parted = |byte: &u8| b",;|\t ".contains(byte);
                let parts: Vec<&[u8]> = match cells.as_slice() {
                    [whole] => whole.split(parted).collect(),
                    _ => cells,
                };
                if has_number_and_time(&parts) {
                    timed.push(*line);
                }
                if parts.iter().any(|part| is_assigned(part)) {
                    found.held.push(*line);
                }
                continue;
            }
            match is_contact(&text) {
                true => found.held.push(*line),
                false => others.push((*line, is_row(&cells))),
            }
        }
        match others.as_slice() {
            // A single number in a text is of nobody knows whom.
            [(line, false)] => found.held.push(*line),
            [(line, _), ..] => found.record = Some(*line),
            [] => {}
        }
        // Digits without a plus may be an id; two lines of them with a time each are a list.
        if let (None, [line, _, ..]) = (found.record, timed.as_slice()) {
            found.record = Some(*line);
        }
        found.held.sort_unstable();
        found
    }
}

/// A number that is all of the line, or a cell of a line with several others.
fn is_row(cells: &[&[u8]]) -> bool {
    let whole = |cell: &&&[u8]| may_be_a_number(cell) && cell.contains(&b'+');
    let numbers = cells.iter().filter(whole).count();
    let times = cells
        .iter()
        .filter(|cell| !whole(cell) && digits(cell) >= 6);
    match cells {
        [_] => numbers > 0,
        [_, _] => numbers > 0 && times.count() > 0,
        _ => true,
    }
}

/// Digits alone that are a number with its calling code. They may be an id all the same.
fn is_assigned(cell: &[u8]) -> bool {
    let alone = (10..=15).contains(&cell.len()) && cell.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(cell).unwrap_or_default();
    let read = || {
        let number = Zeroizing::new(format!("+{text}"));
        let parsed = Phone::parse_raw(RawNumber::new(&number), None);
        parsed.is_ok_and(|parsed| parsed.state == NumberState::Valid)
    };
    alone && !is_day(text) && read()
}

/// Digits that may be a number without a plus, and a time.
fn has_number_and_time(cells: &[&[u8]]) -> bool {
    let number = |cell: &&[u8]| {
        let day = is_day(std::str::from_utf8(cell).unwrap_or_default());
        may_be_a_number(cell) && digits(cell) >= 10 && !day
    };
    let time = |cell: &&[u8]| digits(cell) >= 8 && cell.contains(&b':');
    cells.iter().any(number) && cells.iter().any(time)
}

/// Whether a text has a number with a plus in it that can be read.
pub(super) fn holds_a_number(text: &str) -> bool {
    let pluses = text.match_indices(['+', '\u{ff0b}']);
    pluses.into_iter().any(|(at, plus)| {
        let behind = text.get(at + plus.len()..).unwrap_or_default();
        let end = behind.find(|c: char| !(c.is_numeric() || " \u{a0}-.()/".contains(c)));
        let run = behind.get(..end.unwrap_or(behind.len()));
        let mut run = run.unwrap_or_default().trim_end();
        // What comes behind a number may be digits too.
        loop {
            let digits = run.chars().filter(|c| c.is_numeric()).count();
            if digits < FEWEST {
                return false;
            }
            let number = Zeroizing::new(format!("+{run}"));
            if Phone::accept_raw(RawNumber::new(&number), None, None).is_ok() {
                return true;
            }
            let Some(space) = run.rfind(char::is_whitespace) else {
                return false;
            };
            run = run.get(..space).unwrap_or_default().trim_end();
        }
    })
}

/// Whether a line plainly says whom to call: such a word comes before its first number, and nothing is in it that a
/// record has. A cell that is a number and nothing else may be one of a record, unless the line begins with the word.
pub(super) fn is_contact(line: &str) -> bool {
    let parts = line.split([',', ';', '|', '\t']).map(str::trim);
    if parts.clone().any(has_day) {
        return false;
    }
    let is_word = |word: &str| CONTACTS.contains(&word.to_lowercase().as_str());
    let begins = line.split(['+', '\u{ff0b}']).next().unwrap_or_default();
    let mut words = begins.split(|c: char| !c.is_alphanumeric());
    let mut words = words.by_ref().filter(|word| !word.is_empty());
    if words.next().is_some_and(is_word) {
        return true;
    }
    let mut numbers = parts.filter(|part| part.contains(['+', '\u{ff0b}']));
    words.any(is_word) && numbers.all(|part| !may_be_a_number(part.as_bytes()))
}

/// Whether there is a day in a cell.
fn has_day(cell: &str) -> bool {
    let has_marks = |text: &&str| text.contains(['-', '/', '.']);
    let mut words = cell.split(['T', ' ']).filter(has_marks);
    words.any(is_day)
}

/// No number with a plus has fewer digits.
const FEWEST: usize = 7;
const CONTACTS: [&str; 28] = [
    "care",
    "enquiries",
    "inquiries",
    "fon",
    "assistance",
    "helpline",
    "ring",
    "dial",
    "contact",
    "contacts",
    "kontakt",
    "contacto",
    "contatto",
    "support",
    "hotline",
    "helpdesk",
    "help",
    "fax",
    "telefax",
    "phone",
    "telephone",
    "tel",
    "telefon",
    "telefono",
    "teléfono",
    "téléphone",
    "call",
    "questions",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Preamble {
        let lines: Vec<_> = (1..)
            .zip(lines.iter().map(|line| line.as_bytes()))
            .collect();
        Preamble::of(&lines, (b',', Quotes::Auto))
    }

    #[test]
    fn digits_before_the_header_that_are_a_whole_number_are_held() {
        for line in ["13035550101", "A,13035550101,sms", "Report;447911123456"] {
            assert_eq!(found(&[line, "A"]).held, [1], "{line}");
        }
        for line in ["Report 1303555", "20240301123456", "id,99999999999"] {
            assert_eq!(found(&[line, "A"]), Preamble::default(), "{line}");
        }
    }

    #[test]
    fn a_number_before_the_header_is_a_record_or_is_held() {
        let time = "2024-03-21T22:34:49Z";
        for lines in [
            [
                format!("+13035550100,{time},A"),
                format!("+13035550101,{time},A"),
            ],
            [
                format!("A;+13035550100;{time};sms"),
                format!("A;+13035550101;{time};sms"),
            ],
            [format!("A,tel:+13035550100,{time},sms"), String::new()],
            ["A,+13035550100,,sms".to_owned(), String::new()],
            ["A,+13035550100,yesterday,sms".to_owned(), String::new()],
            [
                format!("Sent to +13035550100 at {time}"),
                format!("Sent to +13035550101 at {time}"),
            ],
            ["+13035550100".to_owned(), String::new()],
            [format!("+13035550100,{time}"), String::new()],
            [
                "number,last sent".to_owned(),
                "+1 303 555 0100,21 March 2024".to_owned(),
            ],
            [
                format!("A,13035550100,{time},x"),
                format!("A,13035550101,{time},x"),
            ],
        ] {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            assert!(found(&lines).record.is_some(), "{lines:?}");
        }
        for lines in [
            ["Contact: +1 303 555 0100", "Fax: +1 303 555 0101"],
            ["Report for +13035550100 of March", ""],
            ["Hotline,+1 (303) 555-0100", ""],
            ["Support: +1 303 555 0100 / +44 20 7946 0000", ""],
            ["Tel. +1 303 555 0100, Fax +1 303 555 0101", ""],
            [
                "Example Telecom Ltd, Tel. +1 303 555 0100, Fax +1 303 555 0101",
                "Need help? Call us on +1 303 555 0100 or +44 20 7946 0000",
            ],
            [
                "Example Telecom Ltd; Hotline: +1 303 555 0100; Fax: +1 303 555 0101",
                "Customer support,Phone: +1 303 555 0100,,",
            ],
        ] {
            let found = found(&lines);
            assert_eq!(
                (found.record, found.held.is_empty()),
                (None, false),
                "{lines:?}"
            );
        }
        // What may be a record is one, whatever words are in it.
        for line in [
            format!("A,call,+13035550100,{time}"),
            format!("call,+13035550100,{time}"),
            "A,phone,+13035550100,x".to_owned(),
            "A;help;+13035550100;x\nA;help;+13035550101;x".to_owned(),
            format!("Call to +13035550100 at {time}\nCall to +13035550101 at {time}"),
            format!("A,Call us on +13035550100,{time},+13035550101"),
        ] {
            let lines: Vec<&str> = line.split('\n').collect();
            assert!(found(&lines).record.is_some(), "{line}");
        }
        for line in [
            "Zone: UTC+02:00",
            "Total: +1234567",
            "Account ID,1000234567,2024-03-01 10:00:00",
        ] {
            assert_eq!(found(&[line]), Preamble::default(), "{line}");
        }
    }
}
