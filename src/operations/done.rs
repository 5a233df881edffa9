//! The answer of what has nothing to say but that it is done.

use serde_json::json;

use crate::vault::{Answer, OperationError, Receipt, Wire};

pub struct Done;

impl Answer for Done {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&json!({}))
    }
}
