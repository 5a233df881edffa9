//! Opens terms of a case by their term numbers.
//!
//! Sees phone numbers and user names on their way out of the store, and the keys of the case. The caller's action
//! decides what may be done with them. The runs that were read last are kept in memory, still sealed.

use crate::domain::Field;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::AddedTerms;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Phone, UserRun};
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::term_rows::{RunCache, SealedRun, Terms};

/// Where terms are read, and the keys that open them.
#[derive(Clone, Copy)]
pub(in crate::vault) struct TermPlace<'c> {
    pub(in crate::vault) connection: &'c Snapshot,
    pub(in crate::vault) keys: &'c CaseKeys,
    pub(in crate::vault) case: CaseNumber,
    pub(in crate::vault) added: &'c AddedTerms,
}

/// The numbers of a case.
#[derive(Default)]
pub(in crate::vault) struct NumberTerms(RunCache);

/// The user names of a case; the run opened last stays open.
#[derive(Default)]
pub(in crate::vault) struct UserTerms(Option<(u32, UserRun)>);

impl TermPlace<'_> {
    pub(in crate::vault) fn terms(&self, field: Field) -> Terms {
        Terms {
            case: self.case,
            field,
        }
    }

    /// The parts of the exhibit that added a term; `None` if the case has no such term.
    pub(in crate::vault) fn parts_of(&self, field: Field, no: u32) -> Option<ExhibitParts<'_>> {
        let adder = self.added.adder(field, no)?;
        Some(ExhibitParts::of(self.keys, &adder.id))
    }
}

impl NumberTerms {
    pub(in crate::vault) fn open(
        &mut self,
        place: TermPlace<'_>,
        no: u32,
    ) -> Result<Phone, OperationError> {
        self.opened(place, no, |parts, run| parts.open_number(run, no).ok())
    }

    /// Whether a term is this number.
    pub(in crate::vault) fn holds(
        &mut self,
        place: TermPlace<'_>,
        no: u32,
        phone: &Phone,
    ) -> Result<bool, OperationError> {
        self.opened(place, no, |parts, run| parts.is_number(run, no, phone).ok())
    }

    /// What `open` makes of the run that holds a term. If that is nothing, and the run was read earlier, another one
    /// may be in its place since.
    fn opened<T>(
        &mut self,
        place: TermPlace<'_>,
        no: u32,
        open: impl Fn(&ExhibitParts<'_>, &SealedRun) -> Option<T>,
    ) -> Result<T, OperationError> {
        let parts = place.parts_of(Field::Number, no);
        let parts = parts.ok_or_else(|| damaged(no))?;
        if let Some(opened) = open(&parts, self.run(place, no)?) {
            return Ok(opened);
        }
        let terms = place.terms(Field::Number);
        let again = match self.0.reads_anew(place.connection, terms) {
            true => open(&parts, self.run(place, no)?),
            false => None,
        };
        again.ok_or_else(|| damaged(no))
    }

    fn run(&mut self, place: TermPlace<'_>, no: u32) -> Result<&SealedRun, OperationError> {
        let adder = place.added.adder(Field::Number, no);
        let ends = adder.ok_or_else(|| damaged(no))?.ends();
        self.0
            .run_of(place.connection, place.terms(Field::Number), (no, ends))?
            .ok_or_else(|| damaged(no))
    }
}

impl UserTerms {
    /// Cheap if names are asked for in the order of their term numbers. In any other order a run is opened for each
    /// name.
    pub(in crate::vault) fn open(
        &mut self,
        place: TermPlace<'_>,
        no: u32,
    ) -> Result<&str, OperationError> {
        let damaged = || OperationError::Damaged {
            place: format!("user term {no}"),
        };
        let kept = self.0.take().filter(|(first, run)| {
            no.checked_sub(*first)
                .is_some_and(|at| run.name(at as usize).is_some())
        });
        let (first, run) = match kept {
            Some(kept) => kept,
            None => {
                let adder = place.added.adder(Field::User, no).ok_or_else(damaged)?;
                let sealed = place
                    .terms(Field::User)
                    .run_of_one(place.connection, (no, adder.ends()))?
                    .ok_or_else(damaged)?;
                let parts = place.parts_of(Field::User, no).ok_or_else(damaged)?;
                let run = parts.open_users(&sealed).map_err(|_| damaged())?;
                (sealed.first, run)
            }
        };
        let (first, run) = self.0.insert((first, run));
        let name = no.checked_sub(*first);
        name.and_then(|at| run.name(at as usize))
            .ok_or_else(damaged)
    }
}

fn damaged(no: u32) -> OperationError {
    OperationError::Damaged {
        place: format!("term {no}"),
    }
}
