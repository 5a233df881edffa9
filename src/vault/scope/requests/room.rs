//! How many requests one operator may have waiting for a decision.
//!
//! What refuses a further one is the operator's own requests alone, so it tells nothing of others.

use super::kind::RequestKind;
use super::sealed::Outline;
use crate::policy::RequestState;
use crate::vault::scope::Asking;
use crate::vault::store::request_rows;
use crate::vault::{Conflict, OperationError};

impl Asking<'_> {
    /// Refuses a further request of this kind if too many of the caller's wait for a decision in the case.
    pub fn room_for<K: RequestKind>(&self) -> Result<(), OperationError> {
        let (Some(case), Some(asker)) = (self.case, self.caller.operator_id()) else {
            return Ok(());
        };
        let mut open = 0;
        for row in request_rows::list(self.connection, case.number, K::NAME, Some(asker))? {
            if row.state == RequestState::Requested {
                let term = Outline::of(self.core, case, &row)?.term;
                open += usize::from(!self.core.clock.has_ended(term));
            }
        }
        match open < self.settings.open_requests {
            true => Ok(()),
            false => Err(OperationError::Conflict(Conflict::TooManyOpen)),
        }
    }
}
