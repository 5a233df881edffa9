//! Table `cases`. Title and reference are in `sealed`.

use super::control::{CASES, ControlRow, blob, int, text};
use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{CaseId, Moment};
use crate::policy::CaseState;

/// The small integer by which the large tables refer to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CaseNumber(pub(crate) i64);

#[derive(Clone)]
pub(crate) struct CaseRow {
    pub(crate) number: CaseNumber,
    pub(crate) id: CaseId,
    pub(crate) state: CaseState,
    pub(crate) sealed: Vec<u8>,
    pub(crate) opened_at: Moment,
    /// Visible phone numbers; terms are numbered 1 to this.
    pub(crate) numbers: u32,
    /// Visible user names.
    pub(crate) users: u32,
}

pub(crate) fn insert(
    connection: &Transaction,
    id: &CaseId,
    sealed: &[u8],
    now: Moment,
) -> Result<CaseNumber, StoreError> {
    let number = connection.next_number(&CASES)?;
    let cells = [
        ("number", int(number)),
        ("id", text(id.as_str())),
        ("state", text("open")),
        ("sealed", blob(sealed)),
        ("opened_at", int(now.seconds())),
        ("numbers", int(0)),
        ("users", int(0)),
    ];
    connection.insert(&CASES, &cells)?;
    Ok(CaseNumber(number))
}

pub(crate) fn find(connection: &Snapshot, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
    connection.row(&CASES, &[("id", text(id.as_str()))], read)
}

pub(crate) fn find_by_number(
    connection: &Snapshot,
    number: CaseNumber,
) -> Result<Option<CaseRow>, StoreError> {
    connection.row(&CASES, &[("number", int(number.0))], read)
}

/// A name for what the row of a case is now; another one when it changes. None while that is under way.
pub(super) fn mark(
    connection: &Snapshot,
    number: CaseNumber,
) -> Result<Option<[u8; 32]>, StoreError> {
    connection.steady(&CASES, &[("number", int(number.0))])
}

/// Every case, for the start-up sweep and the doctor.
pub(crate) fn list(connection: &Snapshot) -> Result<Vec<CaseRow>, StoreError> {
    let mut all = connection.rows(&CASES, &[], read)?;
    all.sort_by_key(|case| case.number.0);
    Ok(all)
}

pub(crate) fn set_state(
    connection: &Transaction,
    number: CaseNumber,
    state: CaseState,
) -> Result<(), StoreError> {
    let set = [("state", text(state.as_str()))];
    let changed = connection.update(&CASES, &[("number", int(number.0))], &[], &set)?;
    one("cases::set_state", usize::from(changed))
}

/// Ends a case. In the place of its description is what is left of it, sealed; nothing reverses this.
pub(crate) fn destroy(
    connection: &Transaction,
    number: CaseNumber,
    remains: &[u8],
) -> Result<(), StoreError> {
    let set = [
        ("state", text(CaseState::Destroyed.as_str())),
        ("sealed", blob(remains)),
        ("numbers", int(0)),
        ("users", int(0)),
    ];
    let changed = connection.update(&CASES, &[("number", int(number.0))], &[], &set)?;
    one("cases::destroy", usize::from(changed))
}

/// Describes a case anew.
pub(crate) fn describe(
    connection: &Transaction,
    number: CaseNumber,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let set = [("sealed", blob(sealed))];
    let changed = connection.update(&CASES, &[("number", int(number.0))], &[], &set)?;
    one("cases::describe", usize::from(changed))
}

/// Makes terms up to these numbers visible.
pub(crate) fn set_terms(
    connection: &Transaction,
    number: CaseNumber,
    numbers: u32,
    users: u32,
) -> Result<(), StoreError> {
    let set = [
        ("numbers", int(numbers.into())),
        ("users", int(users.into())),
    ];
    let changed = connection.update(&CASES, &[("number", int(number.0))], &[], &set)?;
    one("cases::set_terms", usize::from(changed))
}

fn read(row: &ControlRow<'_>) -> Result<CaseRow, StoreError> {
    let failed = at("cases::read");
    let text = |column: &str| row.get::<String>(column).map_err(&failed);
    Ok(CaseRow {
        number: CaseNumber(row.get("number").map_err(&failed)?),
        id: sound("cases::id", text("id")?.parse())?,
        state: sound("cases::state", text("state")?.parse())?,
        sealed: row.get("sealed").map_err(&failed)?,
        opened_at: Moment::from_seconds(row.get("opened_at").map_err(&failed)?),
        numbers: row.get("numbers").map_err(&failed)?,
        users: row.get("users").map_err(&failed)?,
    })
}
