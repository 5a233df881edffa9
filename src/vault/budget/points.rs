//! What an operator may ask of a case, as a leaking bucket in the database.
//!
//! Points flow back with time. A charge that does not fit is refused whole: no
//! partial answer. Charged by the ledger in the transaction of the leaf, so two
//! calls at once cannot spend the same points.

use crate::domain::{Moment, OperatorId};
use crate::policy::Denial;
use crate::vault::error::Stopped;
use crate::vault::settings::Budget;
use crate::vault::store::budget_rows;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::{Snapshot, StoreError, Transaction};

pub(in crate::vault) fn charge(
    budget: Budget,
    connection: &Transaction,
    operator: &OperatorId,
    case: CaseNumber,
    points: u32,
    now: Moment,
) -> Result<(), Stopped> {
    let before = spent(connection, budget, operator, case, now)
        .map_err(|error| Stopped::Failed(error.into()))?;
    let after = before + f64::from(points);
    if after > f64::from(budget.capacity) {
        let missing = after - f64::from(budget.capacity);
        return Err(Stopped::Denied(Denial::BudgetSpent {
            retry_after: wait(budget, missing),
        }));
    }
    budget_rows::upsert(connection, operator, case, after, now)
        .map_err(|error| Stopped::Failed(error.into()))
}

/// What is left, for the answer to `GET /me` and for a first look before the work.
pub(in crate::vault) fn left(
    budget: Budget,
    connection: &Snapshot,
    operator: &OperatorId,
    case: CaseNumber,
    now: Moment,
) -> Result<f64, StoreError> {
    Ok(f64::from(budget.capacity) - spent(connection, budget, operator, case, now)?)
}

/// In how many seconds `missing` points have flowed back.
pub(in crate::vault) fn wait(budget: Budget, missing: f64) -> u32 {
    let seconds = (missing * 3600.0 / f64::from(budget.per_hour.max(1))).ceil();
    if seconds >= f64::from(u32::MAX) {
        u32::MAX
    } else {
        (seconds as u32).max(1)
    }
}

fn spent(
    connection: &Snapshot,
    budget: Budget,
    operator: &OperatorId,
    case: CaseNumber,
    now: Moment,
) -> Result<f64, StoreError> {
    let Some((spent, at)) = budget_rows::find(connection, operator, case)? else {
        return Ok(0.0);
    };
    // A clock that was set back gives nothing back.
    let hours = (now.seconds() - at.seconds()).max(0) as f64 / 3600.0;
    Ok((spent - hours * f64::from(budget.per_hour)).max(0.0))
}
