//! The exhibits that a request rests on, as they were when it was asked for.
//!
//! A custodian admits any file at any time, and may read what becomes of requests. If that followed from what else the
//! case holds, a custodian would learn it with a guess in a file of its own: whether a number, a message or a person
//! was there. So a request ends by no file that is admitted later. It ends when one of these exhibits is withdrawn,
//! whether it has something of what was asked for or not. Which exhibits there are, a custodian knows.

use super::sealed::damaged;
use crate::vault::exhibits::description::open_description;
use crate::vault::keyring::RequestDigest;
use crate::vault::scope::Reading;
use crate::vault::store::exhibit_rows;
use crate::vault::{Conflict, OperationError};

impl Reading<'_> {
    /// Adds these exhibits and the digests of their sealed parts as they were admitted; refused once one of them was
    /// withdrawn.
    pub(super) fn bind_exhibits(
        &self,
        ids: &[String],
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let all = exhibit_rows::list_all(self.connection, case.number)?;
        for id in ids {
            let exhibit = all.iter().find(|exhibit| exhibit.id.as_str() == id);
            let exhibit = exhibit.ok_or_else(damaged)?;
            if exhibit.withdrawn.is_some() {
                return Err(OperationError::Conflict(Conflict::ExhibitWithdrawn));
            }
            digest.part(id.as_bytes());
            digest.part(open_description(&keys, exhibit)?.admitted_digest.as_bytes());
        }
        Ok(())
    }
}
