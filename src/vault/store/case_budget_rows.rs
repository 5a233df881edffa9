//! Table `case_budget`: what all together have asked of a case, one row for its team and one for each
//! account that has liaisons. Read and written whole.

use super::case_rows::CaseNumber;
use super::control::{CASE_BUDGET, Cell, blob, int};
use super::error::{StoreError, at};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::Daily;

/// `party` is empty for the team, and a keyed tag of the account for its liaisons.
pub(crate) fn find(
    connection: &Snapshot,
    case: CaseNumber,
    party: &[u8],
) -> Result<Daily, StoreError> {
    let found = connection.row(&CASE_BUDGET, &key(case, party), |row| {
        let days: Vec<u8> = row.get("days").map_err(at("case_budget::find"))?;
        Daily::from_bytes(&days).ok_or(StoreError::inconsistent("case_budget::find"))
    })?;
    Ok(found.unwrap_or_default())
}

pub(crate) fn upsert(
    connection: &Transaction,
    case: CaseNumber,
    party: &[u8],
    days: &Daily,
) -> Result<(), StoreError> {
    let days = days.to_bytes();
    let set = [("days", blob(&days))];
    connection.put(&CASE_BUDGET, &key(case, party), &set)
}

fn key(case: CaseNumber, party: &[u8]) -> [Cell<'_>; 2] {
    [("case_number", int(case.0)), ("party", blob(party))]
}
