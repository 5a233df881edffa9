//! How a delimited file is written: which line has the names of its columns, and what separates its cells. Found out
//! from its first bytes.

use memchr::memchr;

use super::first_cells::{cells, digits, may_be_a_number};
use super::preamble::{Preamble, is_contact};
use super::quotes::Quotes;
use crate::ingest::column_name::fold;
use crate::ingest::times::serial::is_day;

/// Where the names of the columns are, and how the file is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// The byte and the line at which the header begins; the line counts from 1.
    pub(super) header: (usize, u64),
    /// A line before the header looks like a record of it.
    pub(super) record_before: Option<u64>,
    /// Lines before it that have a number in them and look like no record.
    pub(super) held: Vec<u64>,
}

/// The columns of the number and of the time, counted from 0, if there are any.
pub(in crate::ingest) type Places = (Option<usize>, Option<usize>);
/// Says whether texts can be the names of the columns, and which of them are those of a number and of a time.
pub(in crate::ingest) type IsHeader<'a> = dyn Fn(&[&str]) -> Option<Places> + 'a;

/// The line that a header is searched in: it may follow a title, a date and the like.
const LINES: u64 = 60;
/// What may separate cells. Of two that fit, the first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

impl Dialect {
    /// Looks at the first bytes of a file, in which lines end in LF. `is_header` says whether these can be the names
    /// of its columns. Of such lines one after the other it is the last: those before it are a list of the columns, or
    /// the header of a file without rows. Without one, the first that is not blank is taken for the header.
    pub(super) fn of(
        head: &[u8],
        quotes: Quotes,
        delimiter: Option<u8>,
        is_header: &IsHeader<'_>,
    ) -> Self {
        let (mut at, mut line, mut named) = (0, 1, delimiter);
        let known = delimiter.is_some();
        if let Some((found, after)) = separator_line(head) {
            (at, line, named) = (after, 2, Some(found));
        }
        let first = first_line(head, at, line);
        let mut before: Vec<(u64, &[u8])> = Vec::new();
        let mut found: Option<(Self, Vec<String>)> = None;
        while let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty())
            && line <= LINES
        {
            let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            // The CSV library would pass over it and read the line after it.
            if rest.get(..end).unwrap_or_default().trim_ascii().is_empty() {
                (at, line) = (at + end, line + 1);
                continue;
            }
            // The first line may name a mark that the file does not have.
            let others = DELIMITERS.into_iter().filter(|_| !known);
            let header = named.into_iter().chain(others).find_map(|delimiter| {
                let cells = cells(rest, delimiter, quotes);
                let names: Option<Vec<_>> = cells.iter().map(name_of).collect();
                let mut names = names?;
                if quotes == Quotes::None {
                    names.iter_mut().for_each(|name| *name = bare(name));
                }
                let places = is_header(&names)?;
                let preamble = Preamble::of(&before, (delimiter, quotes));
                let mut before = before.iter();
                let record = before.find(|(_, text)| {
                    is_record(text, delimiter, quotes, places)
                        && !is_contact(&String::from_utf8_lossy(text))
                });
                let record = record.map(|(line, _)| *line);
                let this = Self {
                    delimiter,
                    header: (at, line),
                    record_before: record.or(preamble.record),
                    held: preamble.held,
                };
                Some((
                    this,
                    names.iter().map(|name| fold(name)).collect::<Vec<_>>(),
                ))
            });
            match (header, found.take()) {
                (None, Some(earlier)) if is_blank(rest.get(..end).unwrap_or_default()) => {
                    found = Some(earlier);
                }
                (None, Some((earlier, _))) => return earlier,
                (Some((_, names)), Some((earlier, others))) if !are_again(&names, &others) => {
                    return earlier;
                }
                (header, None) | (header @ Some(_), _) => found = header,
            }
            before.push((line, rest.get(..end).unwrap_or_default()));
            (at, line) = (at + end, line + 1);
        }
        if let Some((header, _)) = found {
            return header;
        }
        let (byte, line) = first;
        Self {
            delimiter: named.unwrap_or_else(|| most_frequent(head.get(byte..).unwrap_or_default())),
            header: (byte, line),
            record_before: None,
            held: Vec::new(),
        }
    }
}

/// Excel's first line `sep=;`: the delimiter, and where the next line begins.
fn separator_line(head: &[u8]) -> Option<(u8, usize)> {
    let end = memchr(b'\n', head)?;
    let line = head.get(..end)?.trim_ascii();
    let line = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(line);
    let (name, rest) = line.split_at_checked(4)?;
    // A tab was trimmed.
    let delimiter = match rest {
        [] | b"\\t" => b'\t',
        [delimiter] if delimiter.is_ascii_punctuation() && *delimiter != b'"' => *delimiter,
        _ => return None,
    };
    name.eq_ignore_ascii_case(b"sep=")
        .then_some((delimiter, end + 1))
}

/// Where the first line begins that is not blank.
fn first_line(head: &[u8], mut at: usize, mut line: u64) -> (usize, u64) {
    let start = (at, line);
    while let Some(rest) = head.get(at..)
        && let Some(end) = memchr(b'\n', rest)
    {
        if !rest.get(..end).unwrap_or_default().trim_ascii().is_empty() {
            return (at, line);
        }
        (at, line) = (at + end + 1, line + 1);
    }
    match head.get(at..) {
        Some(rest) if !rest.trim_ascii().is_empty() => (at, line),
        _ => start,
    }
}

/// The name of a column in a file without quoting: a quote that nobody meant as one is no part of it.
pub(super) fn bare(name: &str) -> &str {
    name.trim_matches('"').trim()
}

/// A cell as the name of a column, if it is text.
pub(super) fn name_of(cell: &[u8]) -> Option<&str> {
    Some(unquoted(std::str::from_utf8(cell).ok()?))
}

/// The text without quotes around it, and without blanks around those. A spreadsheet may have put `=` before them.
pub(in crate::ingest) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inside = text
        .strip_prefix('=')
        .filter(|text| text.starts_with('"'))
        .unwrap_or(text)
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap_or(text)
}

/// True for nothing but what separates cells.
fn is_blank(line: &[u8]) -> bool {
    let mut bytes = line.iter();
    bytes.all(|byte| byte.is_ascii_whitespace() || DELIMITERS.contains(byte))
}

/// True if the names are not the others, but have at least half of them in common. A row may have words in it that are
/// names of columns elsewhere.
fn are_again(names: &[String], others: &[String]) -> bool {
    let common = names.iter().filter(|name| others.contains(name));
    names != others && common.count() * 2 >= names.len()
}

/// True if the line has what may be a number and what may be a time at their places.
fn is_record(line: &[u8], delimiter: u8, quotes: Quotes, (number, time): Places) -> bool {
    let cells = cells(line, delimiter, quotes);
    let cell = |place: Option<usize>| cells.get(place?).map(<[u8]>::trim_ascii);
    let number = cell(number).is_some_and(|cell| {
        may_be_a_number(cell) && !is_day(std::str::from_utf8(cell).unwrap_or_default())
    });
    number && cell(time).is_some_and(|cell| digits(cell) >= 4)
}

/// Of the delimiters the one that occurs most often outside quotes in the line.
fn most_frequent(line: &[u8]) -> u8 {
    let mut counts = DELIMITERS.map(|delimiter| (0, delimiter));
    let mut quoted = false;
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(_, of)| of == byte)
                .for_each(|(count, _)| *count += 1),
        }
    }
    // Of equal counts the first.
    counts
        .iter()
        .rev()
        .max_by_key(|(count, _)| *count)
        .map_or(b',', |(_, byte)| *byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(head: &str) -> Dialect {
        Dialect::of(head.as_bytes(), Quotes::Auto, None, &|names| {
            let place = |wanted: &str| names.iter().position(|name| *name == wanted);
            Some((Some(place("number")?), Some(place("time")?)))
        })
    }

    #[test]
    fn the_header_is_found_behind_what_is_before_it() {
        for (head, delimiter, header) in [
            ("number,time\n1,2\n", b',', (0, 1)),
            ("\n\nnumber;time\n", b';', (2, 3)),
            ("sep=|\r\nnumber|time\r\n", b'|', (7, 2)),
            ("\"sep=;\"\nnumber;time\n", b';', (8, 2)),
            ("sep=\t\nnumber\ttime\n", b'\t', (6, 2)),
            ("sep=;\nnumber,time\n", b',', (6, 2)),
            ("Report: log\nMarch, 2024\n\nnumber,time\n", b',', (25, 4)),
            ("Report;;;;\n\"number\";\"time\";\"a;b\"\n", b';', (11, 2)),
            ("phone;when,at;x\n", b';', (0, 1)),
        ] {
            let expected = Dialect {
                delimiter,
                header,
                record_before: None,
                held: Vec::new(),
            };
            assert_eq!(found(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_record_before_the_header_is_noticed() {
        let head = "Report\n+12025550142,2024-03-01\nnumber,time\n";
        assert_eq!(found(head).record_before, Some(2));
        for line in [
            "Account 12345678,March",
            "Generated,2024-03-01",
            "Account ID,1000234567",
            "2024-03-01,2024-03-31",
            "01/03/2024,31/03/2024",
            "12345678,",
        ] {
            let head = format!("{line}\nnumber,time\n");
            assert_eq!(found(&head).record_before, None, "{line}");
        }
    }

    #[test]
    fn of_two_lines_of_names_the_last_is_the_header() {
        let head = "Columns: x, number, time\n\nx,number,time\n1,2,3\n";
        assert_eq!(found(head).header, (26, 3));
        // The header once more is skipped as such.
        assert_eq!(found("number,time\nnumber,time\n").header, (0, 1));
        assert_eq!(found("number,time\n1,2\ntime,number\n").header, (0, 1));
    }
}
