//! An admission in progress: what it holds between its beginning and its end.

use std::sync::Arc;

use super::begun::Begun;
use super::exhibit_stager::ExhibitStager;
use super::group::Group;
use super::intake::Intake;
use super::part_digests::PartDigests;
use super::sealing::Sealing;
use super::waiting::Waiting;
use crate::domain::{CaseId, ExhibitId, Reference, Title};
use crate::vault::columns::SubjectIndexBuilder;
use crate::vault::core::Core;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::under_way::Tracked;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Region;

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
    /// Whether it is admitted even if little of it can be read.
    pub accept_quarantined: bool,
}

/// The right to admit one exhibit, and the work done so far. It must be finished or abandoned.
pub struct Admission {
    pub(super) core: Arc<Core>,
    pub(super) keys: Arc<CaseKeys>,
    pub(super) begun: Begun,
    pub(super) facts: ExhibitFacts,
    pub(super) intake: Intake,
    pub(super) group: Group,
    pub(super) sealing: Sealing,
    pub(super) stager: ExhibitStager,
    pub(super) subjects: SubjectIndexBuilder,
    pub(super) parts: PartDigests,
    pub(super) tracked: Tracked,
    pub(super) waiting: Waiting,
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

    pub(super) fn exhibit_parts(&self) -> ExhibitParts<'_> {
        ExhibitParts::of(&self.keys, &self.begun.exhibit)
    }
}
