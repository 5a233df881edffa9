//! `exhibit map`: drafts a mapping from the file itself. It needs no vault and no right, because
//! people who have the file can see more of it than the draft shows.

use std::io::Read;

use crate::ingest;
use crate::vault::OperationError;

/// Drafts the text of a mapping for the file, for somebody to check and complete. `sheet` names the sheet of a
/// workbook; without it, it is the first.
///
/// # Errors
///
/// `Unreadable` if the beginning of the file cannot be read.
pub fn draft_mapping(
    file: Box<dyn Read + Send>,
    sheet: Option<&str>,
) -> Result<String, OperationError> {
    Ok(ingest::draft(file, sheet)?)
}
