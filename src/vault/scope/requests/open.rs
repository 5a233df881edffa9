//! Whether a request is over.

use super::REQUEST_KINDS;
use crate::vault::store::request_rows::RequestRow;

/// Whether the request waits for a decision, or was approved and is not over by that.
pub(in crate::vault::scope) fn is_open(row: &RequestRow) -> bool {
    let kind = REQUEST_KINDS.iter().find(|kind| kind.name == row.kind);
    kind.is_none_or(|kind| kind.is_open(row))
}
