//! The part of a scope that reads, whatever the action.
//!
//! An act that is to write gets this alone while it prepares on a snapshot: its type has
//! no way to change a row, to disclose a number or to say what was touched.

use std::sync::Arc;

use crate::domain::{CaseRole, Moment, OperatorId};
use crate::policy::{ActionKind, CaseState, Grant};
use crate::vault::OperationError;
use crate::vault::audit::Tip;
use crate::vault::call::caller::Caller;
use crate::vault::core::Core;
use crate::vault::ledger::verify_anew;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseRow;

/// What one granted act may read.
pub struct Reading<'v> {
    pub(in crate::vault) core: &'v Arc<Core>,
    pub(in crate::vault) connection: &'v Snapshot,
    pub(in crate::vault) caller: &'v Caller,
    pub(in crate::vault) grant: Grant,
    pub(in crate::vault) case: Option<&'v CaseRow>,
    pub(in crate::vault) now: Moment,
    /// Where the log ended before the act began to read.
    pub(in crate::vault) tip: Tip,
}

impl<'v> Reading<'v> {
    /// What the caller is in the case of this act; none for an administrator or an auditor.
    pub fn own_role(&self) -> Option<CaseRole> {
        self.grant.role()
    }

    /// The state of the case of this act.
    pub fn case_state(&self) -> Result<CaseState, OperationError> {
        Ok(self.case_row()?.state)
    }

    /// The moment at which the act began.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Verifies the whole audit log for an act, unless that was done since somebody else last wrote; with a server,
    /// each time.
    pub fn verify_log(&self, by: ActionKind) -> Result<(), OperationError> {
        Ok(verify_anew(self.core, self.connection, self.tip, by)?)
    }

    pub(in crate::vault) fn operator(&self) -> Result<&'v OperatorId, OperationError> {
        self.caller
            .operator_id()
            .ok_or(OperationError::Internal("nobody is signed in"))
    }

    pub(in crate::vault) fn case_row(&self) -> Result<&'v CaseRow, OperationError> {
        self.case.ok_or(OperationError::NotFound)
    }
}
