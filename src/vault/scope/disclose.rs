//! Opening a subject's number, under a revealing action only.

use std::sync::Arc;

use super::Scope;
use crate::policy::Reveals;
use crate::vault::error::OperationError;
use crate::vault::exhibits::terms::TermPlace;
use crate::vault::plaintext::Disclosed;

impl<A: Reveals> Scope<'_, A> {
    /// Opens the number of a subject and notes the subject as touched.
    pub(in crate::vault) fn disclose(&mut self, no: u32) -> Result<Disclosed, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let added = match &self.added {
            Some(added) => Arc::clone(added),
            None => {
                let known = &self.core.known_cases;
                let known = known.of(self.connection, &keys, case.number)?;
                Arc::clone(self.added.insert(Arc::clone(known.added())))
            }
        };
        let place = TermPlace {
            connection: self.connection,
            keys: &keys,
            case: case.number,
            added: &added,
        };
        let phone = self.numbers.open(place, no)?;
        self.notes.touch(no);
        Ok(Disclosed::of(phone))
    }
}
