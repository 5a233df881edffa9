//! One record of a JSON file, and how long a record of any file may be.

use crate::vault::plaintext::{RejectKind, SkipKind};

/// The most bytes that one record may have. A longer one is refused, so that a quote that is
/// never closed does not fill the memory.
pub(super) const MAX_RECORD_BYTES: usize = 1 << 20;

/// A record: the line it begins at, and its cells or the reason why none of them can be used.
pub(super) struct Record<T> {
    /// Counted from 1.
    pub(super) line: u64,
    /// The line it ends at.
    pub(super) last: u64,
    pub(super) cells: Result<T, NoCells>,
}

/// Why a record has no cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCells {
    /// It cannot be read.
    Rejected(RejectKind),
    /// It is no message to a person.
    Skipped(SkipKind),
}
