//! What rows that nobody waits for have to be.

use super::error::StoreError;
use super::value::Value;

/// Fails unless the cells of a statement's rows are what they should be.
pub(super) type Check = Box<dyn FnOnce(&[Vec<Value>]) -> Result<(), StoreError> + Send>;
