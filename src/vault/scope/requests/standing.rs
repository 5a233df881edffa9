//! Whether the asker of a request could still ask for it, and whoever approved it still approve it.

use super::found::Found;
use super::kind::RequestKind;
use super::sealed::parsed;
use crate::domain::{CaseRole, OperatorId};
use crate::policy::{Action, ActionKind, Seat, allows_seat};
use crate::vault::OperationError;
use crate::vault::scope::{Reading, open_account};
use crate::vault::store::case_rows::CaseNumber;
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
        let Some(member) = self.who_may(case.number, asker, <K::Ask as Action>::KIND)? else {
            return Ok(false);
        };
        let own = match &member.account {
            Some(sealed) => Some(open_account(self.core, case, asker, sealed)?),
            None => None,
        };
        Ok(match member.role {
            CaseRole::Liaison => own.is_some() && own == parsed(found.sealed.account.as_deref())?,
            _ => true,
        })
    }

    /// The same of whoever approved it, when something is done on the approval: nobody's yes outlives their right to
    /// say it.
    pub(super) fn decider_stands<K: RequestKind>(
        &self,
        case: CaseNumber,
        decider: &OperatorId,
    ) -> Result<bool, OperationError> {
        let member = self.who_may(case, decider, <K::Decide as Action>::KIND)?;
        Ok(member.is_some())
    }

    /// The membership of somebody in the case, if it counts and allows the action.
    fn who_may(
        &self,
        case: CaseNumber,
        operator: &OperatorId,
        action: ActionKind,
    ) -> Result<Option<MembershipRow>, OperationError> {
        let Some(account) = operator_rows::find(self.connection, operator)? else {
            return Ok(None);
        };
        if account.state != OperatorState::Active || account.home.stays_outside_cases() {
            return Ok(None);
        }
        let member = membership_rows::find(self.connection, case, operator)?;
        Ok(member
            .filter(|member| member.counts() && allows_seat(action, Seat::Member(member.role))))
    }
}
