//! What an operator may ask of a case, as a leaking bucket in the database.
//!
//! Points flow back with time. A charge that does not fit is refused whole: no
//! partial answer. Charged by the ledger in the transaction of the leaf, so two
//! calls at once cannot spend the same points.

use crate::domain::{Bucket, Moment, OperatorId};
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
    let after = bucket(budget)
        .pour(before, f64::from(points))
        .map_err(|retry_after| Stopped::Denied(Denial::BudgetSpent { retry_after }))?;
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
    bucket(budget).seconds_to_leak(missing)
}

fn bucket(budget: Budget) -> Bucket {
    Bucket {
        capacity: f64::from(budget.capacity),
        leaks: f64::from(budget.per_hour),
        seconds: 3600.0,
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
    Ok(bucket(budget).leaked(spent, (now.seconds() - at.seconds()) as f64))
}
