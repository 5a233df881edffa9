//! An admission in progress: what it holds between its beginning and its end.

use std::sync::Arc;

use super::begun::Begun;
use super::coder::Coder;
use super::group::Group;
use super::lines::Lines;
use super::part_digests::PartDigests;
use super::quarantine::Quarantine;
use super::scratch::Scratch;
use super::sealing::Sealing;
use super::seen::Seen;
use crate::domain::{CaseId, ExhibitId, Reference, Title};
use crate::vault::columns::SubjectIndexBuilder;
use crate::vault::core::Core;
use crate::vault::exhibits::duplicate_lines::DuplicateLines;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::under_way::{AdmissionProgress, Tracked};
use crate::vault::keyring::CaseKeys;
use crate::vault::ledger::Stager;
use crate::vault::plaintext::{Fingerprinter, Region, RowBatch};

/// What the caller says about an exhibit when its admission begins.
#[derive(Default)]
pub struct ExhibitFacts {
    /// What people call the exhibit.
    pub name: Option<Title>,
    /// Where it came from.
    pub source: Option<Reference>,
    /// The region of numbers that have no calling code.
    pub region: Option<Region>,
    /// The length of the file in bytes, as the caller declares it.
    pub bytes: Option<u64>,
}

/// The right to admit one exhibit, and the work done so far. It must be finished or abandoned.
pub struct Admission {
    pub(super) core: Arc<Core>,
    pub(super) keys: Arc<CaseKeys>,
    pub(super) begun: Begun,
    pub(super) facts: ExhibitFacts,
    pub(super) coder: Coder,
    pub(super) seen: Seen,
    pub(super) scratch: Scratch,
    pub(super) group: Group,
    pub(super) sealing: Sealing,
    pub(super) stager: Stager,
    pub(super) prints: Arc<Fingerprinter>,
    pub(super) subjects: SubjectIndexBuilder,
    pub(super) parts: PartDigests,
    pub(super) quarantine: Quarantine,
    pub(super) duplicates: DuplicateLines,
    pub(super) counts: Counts,
    pub(super) lines: Lines,
    pub(super) tracked: Tracked,
}

/// Makes batches for one admission.
#[derive(Clone)]
pub struct Batches(Arc<Fingerprinter>);

impl Batches {
    /// A new, empty batch.
    pub fn make(&self) -> RowBatch {
        RowBatch::with_prints(Arc::clone(&self.0))
    }
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) read: u64,
    pub(super) admitted: u64,
    pub(super) duplicates: u64,
    pub(super) blocks: u32,
    pub(super) unknown_countries: u64,
    pub(super) span: Option<(i64, i64)>,
}

impl Admission {
    /// The exhibit being admitted.
    pub fn exhibit(&self) -> &ExhibitId {
        &self.begun.exhibit
    }

    /// Its case.
    pub fn case(&self) -> &CaseId {
        &self.begun.case
    }

    /// How many rows were read so far, including rejects.
    pub fn rows(&self) -> u64 {
        self.counts.read
    }

    /// What makes the batches in which rows arrive.
    pub fn batches(&self) -> Batches {
        Batches(Arc::clone(&self.prints))
    }

    /// The handle through which progress is reported.
    pub fn progress(&self) -> AdmissionProgress {
        self.tracked.progress().clone()
    }

    pub(super) fn exhibit_parts(&self) -> ExhibitParts<'_> {
        ExhibitParts::of(&self.keys, &self.begun.exhibit)
    }
}
