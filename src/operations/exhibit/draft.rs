//! A mapping to begin with, from the file itself. It touches no vault: whoever
//! has the file can see more of it than the draft says.

use std::io::Read;

use super::unreadable::unreadable;
use crate::ingest;
use crate::vault::OperationError;

/// The text of a mapping for the file, to be completed by somebody.
pub fn draft_mapping(file: Box<dyn Read + Send>) -> Result<String, OperationError> {
    ingest::draft(file).map_err(unreadable)
}
