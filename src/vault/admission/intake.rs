//! What an admission and a dry run have in common: rows are read, numbered and compared with those before them, and
//! what cannot be admitted is set aside. Nothing is staged here.

use std::sync::Arc;

use super::coder::Coder;
use super::in_case::InCase;
use super::lines::Lines;
use super::quarantine::Quarantine;
use super::scratch::Scratch;
use super::seen::Seen;
use crate::vault::error::OperationError;
use crate::vault::exhibits::duplicate_lines::Duplicates;
use crate::vault::exhibits::under_way::AdmissionProgress;
use crate::vault::plaintext::{Fingerprinter, RowBatch};

/// The rows of one file so far.
pub(super) struct Intake {
    pub(super) coder: Coder,
    pub(super) seen: Seen,
    /// The records that the case has already, if there are any to compare with.
    pub(super) in_case: Option<InCase>,
    pub(super) scratch: Scratch,
    pub(super) prints: Arc<Fingerprinter>,
    pub(super) quarantine: Quarantine,
    pub(super) duplicates: Duplicates,
    pub(super) counts: Counts,
    pub(super) lines: Lines,
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) read: u64,
    pub(super) admitted: u64,
    pub(super) blocks: u32,
    pub(super) unknown_countries: u64,
    pub(super) blank_accounts: u64,
    pub(super) span: Option<(i64, i64)>,
}

/// Makes batches for one file.
#[derive(Clone)]
pub struct Batches(Arc<Fingerprinter>);

impl Batches {
    /// A new, empty batch.
    pub fn make(&self) -> RowBatch {
        RowBatch::with_prints(Arc::clone(&self.0))
    }
}

impl Intake {
    pub(super) fn new(coder: Coder, in_case: Option<InCase>, prints: Arc<Fingerprinter>) -> Self {
        Self {
            coder,
            seen: Seen::new(Arc::clone(&prints)),
            in_case,
            scratch: Scratch::default(),
            prints,
            quarantine: Quarantine::default(),
            duplicates: Duplicates::default(),
            counts: Counts::default(),
            lines: Lines::default(),
        }
    }

    pub(super) fn batches(&self) -> Batches {
        Batches(Arc::clone(&self.prints))
    }
}

/// Where the rows of a file go, batch after batch.
pub trait TakesRows {
    /// Takes the rows of a batch, and its rejects. After an error nothing more can be taken.
    ///
    /// # Errors
    ///
    /// What the vault fails with.
    fn take(&mut self, batch: &RowBatch) -> Result<(), OperationError>;

    /// How many rows were read so far, including rejects.
    fn rows(&self) -> u64;

    /// What makes the batches in which rows arrive.
    fn batches(&self) -> Batches;

    /// The handle through which progress is reported.
    fn progress(&self) -> AdmissionProgress;
}
