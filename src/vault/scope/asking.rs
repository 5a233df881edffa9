//! Who asks, and when: what a request can be refused for before anything of a case is read.
//!
//! Sees ids and settings, and no row but the caller's own requests.

use super::Reading;
use crate::domain::{AccountName, Moment, OperatorId};
use crate::policy::Grant;
use crate::vault::call::caller::Caller;
use crate::vault::core::Core;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::settings::Settings;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseRow;

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
