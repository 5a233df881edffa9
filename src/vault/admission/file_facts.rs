//! What is known of a file once it was read. Sees no cell.

use crate::domain::Format;

/// What is known of the file after it was read to the end.
pub struct FileFacts {
    /// The format it was read as.
    pub format: Format,
    /// What in the file showed the format.
    pub evidence: String,
    /// The IANA zone that was declared for times without one.
    pub zone: Option<String>,
    /// The text of the mapping by which it was read.
    pub mapping: Option<String>,
    /// SHA-256 over the bytes as received.
    pub digest: [u8; 32],
    /// The length of the file as received.
    pub bytes: u64,
    /// How many lines it has, unpacked.
    pub lines: u64,
    /// Names of columns that were not read; their cells were not kept.
    pub dropped_columns: Vec<String>,
    /// Of these, the ones that look like the country of each row.
    pub country_columns: Vec<String>,
    /// Which sheet of a workbook was read, by its place; none of the one that is read where nobody names one.
    pub sheet: Option<u32>,
}
