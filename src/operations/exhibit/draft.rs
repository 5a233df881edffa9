//! `exhibit map`: drafts a mapping from the file itself. It needs no vault and no right, because
//! people who have the file can see more of it than the draft shows.

use std::io::Read;

use crate::ingest;
use crate::vault::OperationError;

/// Drafts the text of a mapping for the file, for somebody to check and complete.
///
/// # Errors
///
/// `Unreadable` if the beginning of the file cannot be read.
pub fn draft_mapping(file: Box<dyn Read + Send>) -> Result<String, OperationError> {
    Ok(ingest::draft(file)?)
}
