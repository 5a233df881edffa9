//! Terms of a case, opened by their numbers.
//!
//! Sees numbers and user names on their way out of the store, and the case's keys.
//! What a caller may do with them is for the caller's action to say. Runs read of
//! late are kept, sealed.

use crate::domain::Field;
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Aad, OpenError, Phone, UserRun};
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::term_rows::{RunCache, SealedRun, Terms};

/// Where terms are read, and under which keys.
#[derive(Clone, Copy)]
pub(in crate::vault) struct TermPlace<'c> {
    pub(in crate::vault) connection: &'c Snapshot,
    pub(in crate::vault) keys: &'c CaseKeys,
    pub(in crate::vault) case: CaseNumber,
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

    fn aad(&self, no: u32) -> Aad {
        Aad::term(
            self.keys.vault(),
            self.keys.case(),
            Field::Number,
            u64::from(no),
        )
    }

    /// The user names of a run.
    pub(in crate::vault) fn open_users(&self, run: &SealedRun) -> Result<UserRun, OpenError> {
        let aad = Aad::user_run(self.keys.vault(), self.keys.case(), u64::from(run.first));
        self.keys
            .terms(Field::User)
            .open_users(&aad, &run.sealed, run.terms as usize)
    }

    /// A number of a run.
    pub(in crate::vault) fn open_number(
        &self,
        run: &SealedRun,
        no: u32,
    ) -> Result<Phone, OpenError> {
        let place = no.checked_sub(run.first).ok_or(OpenError)?;
        self.keys
            .terms(Field::Number)
            .open_in_run(&self.aad(no), &run.sealed, place as usize)
    }
}

impl NumberTerms {
    pub(in crate::vault) fn open(
        &mut self,
        place: TermPlace<'_>,
        no: u32,
    ) -> Result<Phone, OperationError> {
        let run = self.run(place, no)?;
        place.open_number(run, no).map_err(|_| damaged(no))
    }

    /// Whether a term is this number.
    pub(in crate::vault) fn holds(
        &mut self,
        place: TermPlace<'_>,
        no: u32,
        phone: &Phone,
    ) -> Result<bool, OperationError> {
        let run = self.run(place, no)?;
        let at = no.checked_sub(run.first).ok_or_else(|| damaged(no))?;
        place
            .keys
            .terms(Field::Number)
            .run_holds(&place.aad(no), &run.sealed, at as usize, phone)
            .map_err(|_| damaged(no))
    }

    fn run(&mut self, place: TermPlace<'_>, no: u32) -> Result<&SealedRun, OperationError> {
        self.0
            .run_of(place.connection, place.terms(Field::Number), no)?
            .ok_or_else(|| damaged(no))
    }
}

impl UserTerms {
    /// Cheap for names in the order of their numbers, and a run to be opened each time
    /// for those in any other.
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
                let sealed = place
                    .terms(Field::User)
                    .run_of(place.connection, no)?
                    .ok_or_else(damaged)?;
                let run = place.open_users(&sealed).map_err(|_| damaged())?;
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
