//! A list of numbers to look up: typed at a terminal, or read from a file or standard input. They never stand in an
//! argument, and an error about them names a line and nothing of it.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::failure::Failure;
use crate::domain::invisible::trim;
use crate::domain::io_words;

/// A number as it was written, and its line.
pub(crate) struct Entry {
    pub(crate) line: u64,
    pub(crate) number: Zeroizing<String>,
}

/// Reads the list from a file, or from standard input if none is named or it is `-`. At a terminal people are asked.
pub(crate) fn read(file: Option<&Path>, column: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let stdin = io::stdin();
    let mut bytes = Zeroizing::new(Vec::new());
    match file.filter(|path| path.as_os_str() != "-") {
        Some(path) => {
            let read = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
            read.map_err(Failure::file("read the list", path))?;
        }
        None if stdin.is_terminal() => return typed(),
        None => {
            let read = stdin.lock().read_to_end(&mut bytes);
            read.map_err(|error| unreadable(&error))?;
        }
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::usage("the list is not text in UTF-8")
            .way_out("save it as CSV in UTF-8; a workbook cannot be read here")
    })?;
    parse(text.trim_start_matches('\u{feff}'), column)
}

fn typed() -> Result<Vec<Entry>, Failure> {
    let asked = "Numbers, one a line, in any spelling; an empty line ends them:";
    let _ = writeln!(io::stderr().lock(), "{asked}");
    let mut entries = Vec::new();
    for line in io::stdin().lock().lines() {
        let line = Zeroizing::new(line.map_err(|error| unreadable(&error))?);
        let number = trim(&line);
        if number.is_empty() {
            break;
        }
        entries.push(Entry {
            line: entries.len() as u64 + 1,
            number: Zeroizing::new(number.to_owned()),
        });
    }
    Ok(entries)
}

fn unreadable(error: &io::Error) -> Failure {
    let why = io_words(error.kind());
    Failure::failed(format!("the list could not be read: {why}"))
}

/// Reads one number of each row. A first row without any digit in its cell is a heading. Empty cells are left out.
fn parse(text: &str, column: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    let mut lines = Lines::of(text);
    let mut entries = Vec::new();
    let mut at = None;
    loop {
        let line = lines.of_row(rows.position().byte());
        let more = rows.read_record(&mut row).map_err(|_| {
            Failure::usage(format!("the list could not be read from line {line} on"))
        })?;
        if !more {
            return Ok(entries);
        }
        let first = at.is_none();
        let (at, named) = match at {
            Some(at) => (at, false),
            None => {
                let found = place(&row, column)?;
                at = Some(found.0);
                found
            }
        };
        let number = trim(row.get(at).unwrap_or_default());
        let heading = first && (named || !number.contains(|c: char| c.is_numeric()));
        if number.is_empty() || heading {
            continue;
        }
        if number.len() > LONGEST {
            return Err(Failure::usage(format!(
                "line {line} of the list is too long for a number"
            ))
            .way_out("is it the right column? --column names another"));
        }
        entries.push(Entry {
            line,
            number: Zeroizing::new(number.to_owned()),
        });
    }
}

/// Counts the lines of a text. The reader of CSV counts a row from where the one before ended, with the empty lines
/// between them.
struct Lines<'t> {
    rest: &'t [u8],
    passed: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            rest: text.as_bytes(),
            passed: 0,
            line: 1,
        }
    }

    /// The line of the row that begins at this byte, or after the line ends at it. Rows are asked for in order.
    fn of_row(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some((first, rest)) = self.rest.split_first() {
            let ends = matches!(first, b'\r' | b'\n');
            if self.passed >= start && !ends {
                break;
            }
            let half = *first == b'\r' && rest.first() == Some(&b'\n');
            self.line += u64::from(ends && !half);
            self.passed += 1;
            self.rest = rest;
        }
        self.line
    }
}

/// The column with the numbers, by the first row, and whether that row names it.
fn place(row: &csv::StringRecord, column: Option<&str>) -> Result<(usize, bool), Failure> {
    let Some(asked) = column else {
        return match row.len() {
            0 | 1 => Ok((0, false)),
            many => Err(
                Failure::usage(format!("the list has {many} columns")).way_out(
                    "say which one has the numbers: --column with its name or its place, from 1",
                ),
            ),
        };
    };
    let named = row
        .iter()
        .position(|name| trim(name).to_lowercase() == trim(asked).to_lowercase());
    let placed = asked.parse::<usize>().ok();
    let placed = placed.and_then(|place| place.checked_sub(1));
    match (named, placed.filter(|place| *place < row.len())) {
        (Some(at), _) => Ok((at, true)),
        (None, Some(at)) => Ok((at, false)),
        (None, None) => Err(Failure::usage("--column: the list has no such column")
            .way_out("use a name from its first line, or the place of the column, from 1")),
    }
}

/// What separates the cells of the first line: a tab, a semicolon or a comma.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let mut quoted = false;
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    for byte in first.unwrap_or_default().bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == *delimiter);
        }
    }
    let found = counts.iter().find(|(_, count)| *count > 0);
    found.map_or(b',', |(delimiter, _)| *delimiter)
}

/// The longest text that is sent as a number, in bytes. What the server reads is shorter.
const LONGEST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(text: &str, column: Option<&str>) -> Result<Vec<(u64, String)>, Failure> {
        let entries = parse(text, column)?;
        let pairs = entries
            .into_iter()
            .map(|entry| (entry.line, entry.number.to_string()));
        Ok(pairs.collect())
    }

    #[test]
    fn a_list_is_one_column_or_names_one() {
        let both = || vec![(1, "555-0101".to_owned()), (3, "(555) 0102".to_owned())];
        assert_eq!(read_of("555-0101\n\n(555) 0102\n", None).unwrap(), both());
        let later = vec![(2, "555-0101".to_owned()), (3, "(555) 0102".to_owned())];
        let apart = read_of("\r\n\r\nNumber\r\n\r\n555-0101\r\n\n\r(555) 0102\r", None);
        let lines: Vec<_> = apart.unwrap().iter().map(|entry| entry.0).collect();
        assert_eq!(lines, [5, 8]);
        assert_eq!(
            read_of("Number\r\n555-0101\r\n(555) 0102", None).unwrap(),
            later
        );
        for (text, column) in [
            ("name;Number\na;555-0101\nb;\"(555) 0102\"\n", "number"),
            ("name\tNumber\na\t555-0101\nb\t(555) 0102\n", " NUMBER "),
            ("name,of whom\na,555-0101\nb,(555) 0102\n", "2"),
            ("\"a,b\",Number\n\"x,y\",555-0101\n,(555) 0102", "Number"),
        ] {
            assert_eq!(read_of(text, Some(column)).unwrap(), later, "{text}");
        }
        // Without headings, the column by its place.
        let rows = read_of("a,555-0101\nb,555-0102\nc,\nd\n", Some("2")).unwrap();
        assert_eq!(rows.len(), 2);
        assert!(read_of("", None).unwrap().is_empty());
    }

    #[test]
    fn an_error_quotes_nothing_of_the_list() {
        let long = format!("555-0101\n{}", "5".repeat(LONGEST + 1));
        for (text, column, at) in [
            ("a,555-0103\n", None, "2 columns"),
            ("a,555-0103\n", Some("phone"), "--column"),
            ("a,555-0103\n", Some("3"), "--column"),
            ("a,555-0103\n", Some("0"), "--column"),
            (long.as_str(), None, "line 2"),
        ] {
            let failure = read_of(text, column).unwrap_err();
            assert!(failure.what.contains(at), "{}", failure.what);
            let told = format!("{}{}", failure.what, failure.way_out.unwrap_or_default());
            assert!(!told.contains("555") && !told.contains("0103"), "{told}");
        }
    }
}
