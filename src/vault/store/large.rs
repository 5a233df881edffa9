//! Columns of large values, which are read and overwritten where they are.

/// The column `sealed` of a table, and the columns by which one value of it is found.
#[derive(Debug)]
pub(super) struct Large {
    /// The name of a read in errors.
    pub(super) at: &'static str,
    pub(super) table: &'static str,
    pub(super) key: &'static [&'static str],
}
