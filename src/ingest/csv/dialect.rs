//! How a delimited file is written: which line has the names of its columns, and what separates its cells. Found out
//! from its first bytes.

use csv::{ByteRecord, ReaderBuilder};
use memchr::memchr;

use super::quotes::Quotes;

/// Where the names of the columns are, and how the file is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// The byte and the line at which the header begins; the line counts from 1.
    pub(super) header: (usize, u64),
    /// A line before the header looks like a record of it.
    pub(super) record_before: Option<u64>,
}

/// The line that a header is searched in: it may follow a title, a date and the like.
const LINES: u64 = 60;
/// What may separate cells. Of two that fit, the first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

impl Dialect {
    /// Looks at the first bytes of a file, in which lines end in LF. `is_header` says whether these can be the names
    /// of its columns. Without such a line, the first that is not blank is taken for the header.
    pub(super) fn of(
        head: &[u8],
        quotes: Quotes,
        delimiter: Option<u8>,
        is_header: &dyn Fn(&[&str]) -> bool,
    ) -> Self {
        let (mut at, mut line, mut named) = (0, 1, delimiter);
        if let Some((found, after)) = separator_line(head) {
            (at, line, named) = (after, 2, Some(found));
        }
        let first = first_line(head, at, line);
        let mut before: Vec<(u64, &[u8])> = Vec::new();
        while let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty())
            && line <= LINES
        {
            let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            // The CSV library would pass over it and read the line after it.
            if rest.get(..end).unwrap_or_default().trim_ascii().is_empty() {
                (at, line) = (at + end, line + 1);
                continue;
            }
            for delimiter in DELIMITERS
                .into_iter()
                .filter(|_| named.is_none())
                .chain(named)
            {
                let cells = cells(rest, delimiter, quotes);
                let names: Option<Vec<_>> = cells.iter().map(|cell| name_of(cell)).collect();
                if let Some(names) = names.filter(|names| is_header(names)) {
                    let width = names.len();
                    let record = before
                        .iter()
                        .find(|(_, text)| is_record(text, delimiter, quotes, width));
                    return Self {
                        delimiter,
                        header: (at, line),
                        record_before: record.map(|(line, _)| *line),
                    };
                }
            }
            before.push((line, rest.get(..end).unwrap_or_default()));
            (at, line) = (at + end, line + 1);
        }
        let (byte, line) = first;
        Self {
            delimiter: named.unwrap_or_else(|| most_frequent(head.get(byte..).unwrap_or_default())),
            header: (byte, line),
            record_before: None,
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

/// The cells of the record at the front of the bytes.
fn cells(bytes: &[u8], delimiter: u8, quotes: Quotes) -> ByteRecord {
    let line = memchr(b'\n', bytes).map_or(bytes, |end| bytes.get(..end).unwrap_or_default());
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(quotes != Quotes::None)
        .has_headers(false)
        .flexible(true)
        .from_reader(if quotes == Quotes::None { line } else { bytes });
    let mut record = ByteRecord::new();
    // A record that cannot be read has no cells, and is no header.
    let _ = reader.read_byte_record(&mut record);
    record
}

fn name_of(cell: &[u8]) -> Option<&str> {
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

/// True if the line has as many cells as the header, and one of them may be a phone number.
fn is_record(line: &[u8], delimiter: u8, quotes: Quotes, width: usize) -> bool {
    let cells = cells(line, delimiter, quotes);
    cells.len() == width && cells.iter().any(may_be_a_number)
}

/// True for seven digits or more, with nothing but the punctuation of phone numbers.
pub(super) fn may_be_a_number(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let other = |byte: &u8| !byte.is_ascii_digit() && !b"+-.() /=\"'\r".contains(byte);
    digits >= 7 && !cell.iter().any(other)
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
            names.contains(&"number") && names.contains(&"time")
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
            ("Report: log\nMarch, 2024\n\nnumber,time\n", b',', (25, 4)),
            ("Report;;;;\n\"number\";\"time\";\"a;b\"\n", b';', (11, 2)),
            ("phone;when,at;x\n", b';', (0, 1)),
        ] {
            let expected = Dialect {
                delimiter,
                header,
                record_before: None,
            };
            assert_eq!(found(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_record_before_the_header_is_noticed() {
        let head = "Report\n+12025550142,2024-03-01\nnumber,time\n";
        assert_eq!(found(head).record_before, Some(2));
        let head = "Account 12345678,March\nnumber,time\n";
        assert_eq!(found(head).record_before, None);
    }
}
