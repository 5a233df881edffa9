//! What every target does with a file: read it to its end, hold what the
//! reader says against the number that was planted in it.

use std::io::Cursor;

use breachvault::ingest::{Declared, LogReader};
use breachvault::vault::plaintext::RowBatch;

/// A number of fiction; its digits must not come back.
pub const CANARY: &str = "+447700900123";
const DIGITS: &str = "7700900123";

/// Reads a file as it is, and again with the canary planted at a place that
/// the file itself decides.
pub fn read(bytes: &[u8], declared: impl Fn() -> Declared) {
    read_once(bytes.to_vec(), declared());
    let place = bytes.iter().fold(bytes.len(), |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    let (before, after) = bytes.split_at(place % (bytes.len() + 1));
    read_once([before, CANARY.as_bytes(), after].concat(), declared());
}

/// Reads a file; whatever is said of it holds no canary.
pub fn read_once(bytes: Vec<u8>, declared: Declared) {
    let mut reader = match LogReader::open(Box::new(Cursor::new(bytes)), declared) {
        Ok(reader) => reader,
        Err(error) => return silent(&format!("{error} {error:?}")),
    };
    silent(reader.evidence());
    let mut batch = RowBatch::new();
    loop {
        let read = reader.read_batch(&mut batch);
        for reject in batch.rejects() {
            silent(&format!("{:?} {}", reject.column, reject.kind.as_str()));
        }
        match read {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return silent(&format!("{error} {error:?}")),
        }
    }
    silent(&reader.dropped_columns().join(" "));
}

pub fn silent(said: &str) {
    assert!(!said.contains(DIGITS), "a cell is quoted");
}
