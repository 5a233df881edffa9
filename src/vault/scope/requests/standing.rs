//! Whether the asker of a request could still ask for it.

use super::found::Found;
use super::kind::RequestKind;
use super::sealed::parsed;
use crate::domain::CaseRole;
use crate::policy::{Action, Seat, allows_seat};
use crate::vault::OperationError;
use crate::vault::scope::{Reading, open_account};
use crate::vault::store::membership_rows::MembershipRow;
use crate::vault::store::operator_rows::OperatorState;
use crate::vault::store::{membership_rows, operator_rows};

impl Reading<'_> {
    /// False if the asker was revoked, is suspended, is not recognised, is no longer a member of the case, or has a
    /// role or an account that could not ask this. Then nothing they asked for is approved or handed out.
    pub(super) fn asker_stands<K: RequestKind>(
        &self,
        found: &Found<K>,
    ) -> Result<bool, OperationError> {
        let (case, asker) = (self.case_row()?, &found.row.asker);
        let Some(operator) = operator_rows::find(self.connection, asker)? else {
            return Ok(false);
        };
        let member = membership_rows::find(self.connection, case.number, asker)?;
        let Some(member) = member.filter(MembershipRow::counts) else {
            return Ok(false);
        };
        let own = match &member.account {
            Some(sealed) => Some(open_account(self.core, case, asker, sealed)?),
            None => None,
        };
        let about_own = match member.role {
            CaseRole::Liaison => own.is_some() && own == parsed(found.sealed.account.as_deref())?,
            _ => true,
        };
        Ok(operator.state == OperatorState::Active
            && !operator.home.stays_outside_cases()
            && allows_seat(<K::Ask as Action>::KIND, Seat::Member(member.role))
            && about_own)
    }
}
