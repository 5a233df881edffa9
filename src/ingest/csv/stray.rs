//! A quote at the beginning of a cell that nobody meant as one: it opens, and closes at the next quote somewhere below,
//! and what is between looks like one long cell. The rows in it would be lost without a word.

use super::header::Header;

/// Whether a record over several lines is more likely several rows, joined by a stray quote. `raw` is the record as it
/// is in the file, `cells` how many cells it seems to have.
pub(super) fn swallows(raw: &[u8], delimiter: u8, header: &Header, cells: Option<usize>) -> bool {
    let Some(cells) = cells else {
        return later_rows(raw, delimiter, header) > 0;
    };
    if cells != header.width || closes_in_a_cell(raw, delimiter) {
        return true;
    }
    let mut lines = lines(raw);
    // A long cell in the last column leaves the first line whole, one in the first column the last line.
    let first = lines
        .next()
        .is_some_and(|line| is_row(line, delimiter, header));
    let later = later_rows(raw, delimiter, header);
    let last = lines
        .next_back()
        .is_some_and(|line| is_row(line, delimiter, header));
    first && last || later > u64::from(last)
}

/// Whether a cell that no quote closes has the cells of a row in it: a quote that nobody meant, in the last line. One
/// that opens in the last cell may be of a file that is cut off in it.
pub(super) fn opens_in_a_row(raw: &[u8], delimiter: u8, header: &Header) -> bool {
    let Some(line) = lines(raw)
        .next_back()
        .filter(|line| is_row(line, delimiter, header))
    else {
        return false;
    };
    let cells = cells(line, delimiter);
    let last = cells.last().is_some_and(|cell| cell.starts_with(b"\""));
    cells.len() == header.width && (!last || raw.ends_with(b"\n"))
}

/// How many lines but the first look like rows.
fn later_rows(raw: &[u8], delimiter: u8, header: &Header) -> u64 {
    let later = lines(raw).skip(1);
    later.filter(|line| is_row(line, delimiter, header)).count() as u64
}

fn lines(raw: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let raw = raw.trim_ascii();
    raw.split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// True if the line alone has the cells of a row, with a number and a time at their places.
fn is_row(line: &[u8], delimiter: u8, header: &Header) -> bool {
    let cells = cells(line, delimiter);
    let digits = |place: Option<usize>, least: usize| {
        let cell = place.and_then(|place| cells.get(place));
        cell.is_some_and(|cell| cell.iter().filter(|byte| byte.is_ascii_digit()).count() >= least)
    };
    let (number, time) = header.number_and_time();
    cells.len() >= header.width && digits(number, 6) && digits(time, 4)
}

/// The cells of a line. A quote that is not closed in the line is part of its cell.
fn cells(line: &[u8], delimiter: u8) -> Vec<&[u8]> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let quoted = rest
            .strip_prefix(b"\"")
            .and_then(|inside| closing(inside, delimiter))
            .map(|end| end + 2);
        let end = quoted.unwrap_or_else(|| {
            let end = rest.iter().position(|byte| *byte == delimiter);
            end.unwrap_or(rest.len())
        });
        cells.push(rest.get(..end).unwrap_or_default());
        match rest.get(end + 1..) {
            Some(more) if end < rest.len() => rest = more,
            _ => return cells,
        }
    }
}

/// Where the quote is that closes a cell of which this is the inside.
fn closing(inside: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = 0;
    while let Some(quote) = inside.get(at..)?.iter().position(|byte| *byte == b'"') {
        let quote = at + quote;
        match inside.get(quote + 1) {
            None => return Some(quote),
            Some(byte) if *byte == delimiter => return Some(quote),
            Some(b'"') => at = quote + 2,
            Some(_) => return None,
        }
    }
    None
}

/// True if a quoted cell goes on after the quote that closes it.
fn closes_in_a_cell(raw: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut starts) = (false, true);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (quoted, byte) {
            (true, b'"') => match bytes.peek() {
                Some(b'"') => {
                    bytes.next();
                }
                None | Some(b'\n' | b'\r') => quoted = false,
                Some(next) if *next == delimiter => quoted = false,
                Some(_) => return true,
            },
            (true, _) => {}
            (false, b'"') if starts => quoted = true,
            (false, byte) => starts = byte == delimiter || byte == b'\n',
        }
    }
    false
}
