//! Rows of sessions whose time has been over for long: removed, some with each new session of the same operator.
//!
//! They decide nothing any more, and the log has every act that was done in them. So what an operator leaves does not
//! grow with the years, and no act waits for a great cleaning.

use super::Scope;
use crate::domain::OperatorId;
use crate::policy::Writes;
use crate::vault::error::OperationError;
use crate::vault::store::session_rows;

/// How long the row of a session stays after its time, in seconds: so long, whoever still comes with its token is told
/// that it has ended.
const STAYS_S: i64 = 30 * 86_400;
/// How many rows go at most with one new session.
const AT_ONCE: usize = 32;

impl<A: Writes> Scope<'_, A> {
    /// Removes rows of this operator's sessions, tokens and machines. One that was ended before its time stays as long
    /// as if it had not been.
    pub(super) fn forget_ended_sessions(
        &mut self,
        operator: &OperatorId,
    ) -> Result<(), OperationError> {
        let mut ended = session_rows::of_operator(self.connection, operator)?;
        ended.retain(|row| {
            let forgotten_at = row.ends_at().plus_seconds(STAYS_S);
            self.core.clock.is_over(forgotten_at)
        });
        // The oldest first.
        for row in ended.iter().rev().take(AT_ONCE) {
            session_rows::remove(self.transaction()?, &row.id)?;
        }
        Ok(())
    }
}
