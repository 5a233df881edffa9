//! What a reading act asks to be written together with its leaf.
//!
//! A closed list, carried out by the ledger in the same savepoint; if one cannot
//! be, the answer is dropped.

use std::sync::Arc;

use rusqlite::Connection;

use super::budget;
use super::caller::Caller;
use super::core::Core;
use super::operation::OperationError;
use super::perform::Stopped;
use super::records::Release;
use super::store::case_rows::CaseRow;
use crate::domain::Moment;

pub(in crate::vault) enum Effect {
    /// Points off the caller's budget in the case.
    Charge(u32),
    /// A protected table is given out.
    Release(Release),
}

pub(super) fn apply(
    core: &Arc<Core>,
    connection: &Connection,
    caller: &Caller,
    case: Option<&CaseRow>,
    effect: Effect,
    now: Moment,
) -> Result<(), Stopped> {
    let case = case.ok_or(OperationError::Internal("an effect without a case"))?;
    match effect {
        Effect::Charge(points) => {
            let operator = caller
                .operator_id()
                .ok_or(OperationError::Internal("a charge on nobody"))?;
            budget::charge(core, connection, operator, case.number, points, now)
        }
        Effect::Release(release) => Ok(release.record(core, connection, case)?),
    }
}
