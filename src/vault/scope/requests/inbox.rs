//! What waits for somebody, across all their cases: what they may decide, what they may use, what they asked for.

use super::REQUEST_KINDS;
use super::waiting::{Place, WaitingView};
use crate::policy::{Action, Seat};
use crate::vault::OperationError;
use crate::vault::scope::{RowsOf, Scope, WantedRows, open_account};
use crate::vault::store::membership_rows;

impl<A: Action> Scope<'_, A> {
    /// A page of what waits in all cases of the caller; what ends first comes first.
    pub fn list_inbox(
        &mut self,
        wanted: &WantedRows,
    ) -> Result<RowsOf<WaitingView>, OperationError> {
        let operator = self.operator()?;
        let mut all = Vec::new();
        for case in membership_rows::cases_of(self.connection, operator)? {
            let Some(member) = membership_rows::find(self.connection, case.number, operator)?
            else {
                continue;
            };
            if self.core.is_destroyed(&case) {
                continue;
            }
            let place = Place {
                keys: self.core.case_keys(&case.id)?,
                seat: Seat::Member(member.role),
                account: member
                    .account
                    .as_deref()
                    .map(|sealed| open_account(self.core, &case, operator, sealed))
                    .transpose()?,
                case: &case,
            };
            for kind in REQUEST_KINDS {
                (kind.add_waiting)(self, &place, &mut all)?;
            }
        }
        all.sort_by_key(|waiting| (waiting.waits_for, waiting.asked.expires_at));
        let page = wanted.cut(all, |waiting| waiting.request.clone())?;
        self.note_rows(page.rows.len() as u64);
        Ok(page)
    }
}
