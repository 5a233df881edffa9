//! The proof that a leaf is durable.

use std::sync::Arc;

/// Made by the ledger after the commit that holds the leaf, and nowhere else.
/// Whoever wants to turn an answer into bytes must show one.
#[derive(Debug)]
pub struct Receipt {
    leaf: u64,
    checkpoint: Arc<str>,
}

impl Receipt {
    pub(in crate::vault) fn new(leaf: u64, checkpoint: Arc<str>) -> Self {
        Self { leaf, checkpoint }
    }

    /// The position of the leaf in the log.
    pub fn leaf(&self) -> u64 {
        self.leaf
    }

    /// The signed checkpoint that covers the leaf.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }
}
