//! The proof that a leaf is durable.

use std::sync::Arc;

/// Only the ledger makes one, after the commit that has the leaf. It is needed to turn an answer into bytes.
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
