//! What an answer rests on: how much of a case was searched.
//!
//! Sees counts and times, no record.

/// What the exhibits that count hold, of the whole case or of one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::vault) struct Searched {
    /// Exhibits that hold a record or a row in quarantine.
    pub(in crate::vault) exhibits: u64,
    pub(in crate::vault) records: u64,
    /// When the first and the last record were sent.
    pub(in crate::vault) span: Option<(i64, i64)>,
    /// Rows in quarantine.
    pub(in crate::vault) quarantined: u64,
    /// How many numbers were erased from the case, whether they were in it or not.
    pub(in crate::vault) erasures: u64,
}
