//! The first rows of a file, which wait until it is known whether the file is small.
//!
//! The rows of a small file are compared with the case all at once, when the file has ended: the prints of the case
//! stream past theirs (`asked_prints.rs`). For a large file a table of all prints of the case is made instead. Only the
//! length of the file decides which.

use super::scratch::Scratch;
use crate::vault::plaintext::RowBatch;

/// A file with more rows is large, those in quarantine counted.
#[cfg(not(test))]
const SMALL: usize = 1 << 17;
/// Few, so that tests have files of both kinds.
#[cfg(test)]
const SMALL: usize = 1 << 7;
/// A file with more batches is large too, because each may have megabytes.
const BATCHES: usize = 16;

/// Batches whose rows were numbered and coded, and compared with the file.
#[derive(Default)]
pub(super) struct Waiting {
    batches: Vec<(RowBatch, Scratch)>,
    rows: usize,
}

impl Waiting {
    pub(super) fn add(&mut self, batch: RowBatch, scratch: Scratch) {
        self.rows += batch.len() + batch.rejects().len();
        self.batches.push((batch, scratch));
    }

    /// Whether they are too many to wait for the end of the file.
    pub(super) fn are_many(&self) -> bool {
        self.rows > SMALL || self.batches.len() > BATCHES
    }

    /// In the order in which they came.
    pub(super) fn batches(&self) -> &[(RowBatch, Scratch)] {
        &self.batches
    }

    /// Takes them out, in the order in which they came.
    pub(super) fn take(&mut self) -> Vec<(RowBatch, Scratch)> {
        self.rows = 0;
        std::mem::take(&mut self.batches)
    }
}
