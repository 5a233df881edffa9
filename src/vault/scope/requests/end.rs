//! The end of what somebody asked for who is no member of the case any more.

use super::REQUEST_KINDS;
use crate::domain::OperatorId;
use crate::policy::Writes;
use crate::vault::OperationError;
use crate::vault::scope::Scope;
use crate::vault::store::request_rows;

impl<A: Writes> Scope<'_, A> {
    /// Denies what the operator asked for in the case and did not use yet; answers which requests that were. It stays
    /// denied if they become a member again. What a yes did at once stays as it is.
    pub(in crate::vault::scope) fn end_requests_of(
        &mut self,
        asker: &OperatorId,
    ) -> Result<Vec<String>, OperationError> {
        let case = self.case_row()?;
        let none = OperationError::Internal("an end of requests without a leaf");
        let leaf = self.leaf.ok_or(none)?;
        let mut ended = Vec::new();
        for kind in REQUEST_KINDS {
            for row in request_rows::list(self.connection, case.number, kind.name, Some(asker))? {
                if kind.is_open(&row) {
                    request_rows::end(self.transaction()?, &row, self.operator()?, self.now, leaf)?;
                    ended.push(row.id.to_string());
                }
            }
        }
        Ok(ended)
    }
}
