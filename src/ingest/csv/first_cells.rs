//! The cells of a record before it is known what the file is like.

use csv::{ByteRecord, ReaderBuilder};
use memchr::memchr;

use super::quotes::Quotes;

/// The cells of the record at the front of the bytes.
pub(super) fn cells(bytes: &[u8], delimiter: u8, quotes: Quotes) -> ByteRecord {
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

/// True for seven digits or more, with nothing but the punctuation of phone numbers.
pub(super) fn may_be_a_number(cell: &[u8]) -> bool {
    let other = |byte: &u8| !byte.is_ascii_digit() && !b"+-.() /=\"'\r".contains(byte);
    digits(cell) >= 7 && !cell.iter().any(other)
}

/// How many digits a cell has.
pub(super) fn digits(cell: &[u8]) -> usize {
    cell.iter().filter(|byte| byte.is_ascii_digit()).count()
}
