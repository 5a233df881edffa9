//! Why a JSON file seems to have no record, or none of a known format, as its beginning shows.

use crate::ingest::error::IngestError;

/// Why a JSON file fits no format, if its beginning shows another cause.
pub(in crate::ingest) fn cause_in_json(head: &[u8], error: IngestError) -> IngestError {
    if !matches!(
        error,
        IngestError::UnknownFormat { .. } | IngestError::Empty
    ) {
        return error;
    }
    let broken = std::str::from_utf8(head).err();
    if let Some(broken) = broken.filter(|broken| broken.error_len().is_some()) {
        let before = head.get(..broken.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        return IngestError::NotText { line };
    }
    let bare = head
        .iter()
        .take(LISTS)
        .filter(|byte| !byte.is_ascii_whitespace());
    let mut before = 0;
    let lists = bare.map(|byte| std::mem::replace(&mut before, *byte) == b'[' && *byte == b'[');
    match lists.into_iter().any(|list| list) {
        true => IngestError::CellLists,
        false => error,
    }
}

/// How much of a JSON file is looked at for lists in lists, in bytes.
const LISTS: usize = 4 << 10;
