//! The end of what somebody asked for who is no member of the case any more.

use super::REQUEST_KINDS;
use crate::domain::OperatorId;
use crate::policy::{RequestState, Writes};
use crate::vault::OperationError;
use crate::vault::scope::Scope;
use crate::vault::store::request_rows;

impl<A: Writes> Scope<'_, A> {
    /// Denies what the operator asked for in the case and did not use yet; answers how many requests that were. It
    /// stays denied if they become a member again.
    pub(in crate::vault::scope) fn end_requests_of(
        &mut self,
        asker: &OperatorId,
    ) -> Result<usize, OperationError> {
        let case = self.case_row()?;
        let none = OperationError::Internal("an end of requests without a leaf");
        let leaf = self.leaf.ok_or(none)?;
        let mut ended = 0;
        for kind in REQUEST_KINDS {
            for row in request_rows::list(self.connection, case.number, kind.name, Some(asker))? {
                let open = [RequestState::Requested, RequestState::Approved];
                if open.contains(&row.state) {
                    request_rows::end(self.transaction()?, &row, self.operator()?, self.now, leaf)?;
                    ended += 1;
                }
            }
        }
        Ok(ended)
    }
}
