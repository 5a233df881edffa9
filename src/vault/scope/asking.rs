//! Who asks, and when: what a request can be refused for before anything of a case is read.
//!
//! Sees ids and settings, and no row but the caller's own requests and cases.

use super::Reading;
use crate::domain::{AccountName, Moment, OperatorId};
use crate::policy::Grant;
use crate::vault::call::caller::Caller;
use crate::vault::core::Core;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::settings::Settings;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::{Snapshot, membership_rows};

/// What an operation's check knows beside the request itself. The caller knows all of it too, so a
/// refusal that follows from it tells nothing.
pub struct Asking<'a> {
    /// The limits of the vault.
    pub settings: &'a Settings,
    /// When it is asked.
    pub now: Moment,
    pub(super) caller: &'a Caller,
    pub(super) core: &'a Core,
    pub(super) connection: &'a Snapshot,
    pub(super) case: Option<&'a CaseRow>,
    grant: &'a Grant,
}

impl<'a> Asking<'a> {
    pub(in crate::vault) fn new(
        core: &'a Core,
        connection: &'a Snapshot,
        case: Option<&'a CaseRow>,
        now: Moment,
        caller: &'a Caller,
        grant: &'a Grant,
    ) -> Self {
        Self {
            settings: &core.settings,
            now,
            caller,
            core,
            connection,
            case,
            grant,
        }
    }

    /// The one account that a liaison may ask about; `None` for everybody else.
    pub fn account(&self) -> Option<&'a AccountName> {
        self.grant.account()
    }

    /// Refuses a further case if the caller opened too many in a day. Each case has a key in the keyring, which is
    /// written anew with every case, for everybody.
    pub fn may_open_a_case(&self) -> Result<(), OperationError> {
        let Some(operator) = self.caller.operator_id() else {
            return Ok(());
        };
        let since = self.now.plus_seconds(-86_400);
        let cases = membership_rows::cases_of(self.connection, operator)?;
        let new = cases.iter().filter(|case| case.opened_at > since).count();
        match new < self.settings.cases_per_day {
            true => Ok(()),
            false => Err(OperationError::Conflict(Conflict::TooManyCases)),
        }
    }

    /// Refuses an act on the caller's own rights.
    pub fn not_oneself(&self, operator: &OperatorId) -> Result<(), OperationError> {
        not_oneself(self.caller, operator)
    }
}

impl Reading<'_> {
    /// The same where the act is done, so that no operation can forget it.
    pub(in crate::vault::scope) fn not_oneself(
        &self,
        operator: &OperatorId,
    ) -> Result<(), OperationError> {
        not_oneself(self.caller, operator)
    }
}

fn not_oneself(caller: &Caller, operator: &OperatorId) -> Result<(), OperationError> {
    match caller.operator_id() == Some(operator) {
        true => Err(OperationError::Conflict(Conflict::OwnMembership)),
        false => Ok(()),
    }
}
