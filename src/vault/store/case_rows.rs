//! Table `cases`. Title and reference are in `sealed`.

use rusqlite::{OptionalExtension, Row, params};

use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{CaseId, Moment, OperatorId};
use crate::policy::CaseState;

/// The small integer by which the large tables refer to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CaseNumber(pub(crate) i64);

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

const COLUMNS: &str =
    "SELECT c.number, c.id, c.state, c.sealed, c.opened_at, c.numbers, c.users FROM cases AS c";

pub(crate) fn insert(
    connection: &Transaction,
    id: &CaseId,
    sealed: &[u8],
    now: Moment,
) -> Result<CaseNumber, StoreError> {
    connection
        .execute(
            "-- cases::insert
             INSERT INTO cases (id, state, sealed, opened_at) VALUES (?1, 'open', ?2, ?3)",
            params![id.as_str(), sealed, now.seconds()],
        )
        .map_err(at("cases::insert"))?;
    Ok(CaseNumber(connection.last_insert_rowid()))
}

pub(crate) fn find(connection: &Snapshot, id: &CaseId) -> Result<Option<CaseRow>, StoreError> {
    let failed = at("cases::find");
    let mut statement = connection
        .prepare_cached(&format!("-- cases::find\n{COLUMNS} WHERE c.id = ?1"))
        .map_err(&failed)?;
    statement
        .query_row(params![id.as_str()], |row| Ok(read(row)))
        .optional()
        .map_err(&failed)?
        .transpose()
}

pub(crate) fn find_by_number(
    connection: &Snapshot,
    number: CaseNumber,
) -> Result<Option<CaseRow>, StoreError> {
    let failed = at("cases::find_by_number");
    let mut statement = connection
        .prepare_cached(&format!(
            "-- cases::find_by_number\n{COLUMNS} WHERE c.number = ?1"
        ))
        .map_err(&failed)?;
    statement
        .query_row(params![number.0], |row| Ok(read(row)))
        .optional()
        .map_err(&failed)?
        .transpose()
}

/// The cases an operator is a member of, newest first.
pub(crate) fn list_of(
    connection: &Snapshot,
    operator: &OperatorId,
) -> Result<Vec<CaseRow>, StoreError> {
    let failed = at("cases::list_of");
    let mut statement = connection
        .prepare_cached(&format!(
            "-- cases::list_of
             {COLUMNS} JOIN membership AS m ON m.case_number = c.number
             WHERE m.operator = ?1 AND m.suspended_at IS NULL ORDER BY c.number DESC"
        ))
        .map_err(&failed)?;
    let mut rows = statement
        .query(params![operator.as_str()])
        .map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// Every case, for the start-up sweep and the doctor.
pub(crate) fn list(connection: &Snapshot) -> Result<Vec<CaseRow>, StoreError> {
    let failed = at("cases::list");
    let mut statement = connection
        .prepare_cached(&format!("-- cases::list\n{COLUMNS} ORDER BY c.number"))
        .map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

pub(crate) fn set_state(
    connection: &Transaction,
    number: CaseNumber,
    state: CaseState,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- cases::set_state\nUPDATE cases SET state = ?2 WHERE number = ?1",
            params![number.0, state.as_str()],
        )
        .map_err(at("cases::set_state"))?;
    one("cases::set_state", changed)
}

/// Makes terms up to these numbers visible.
pub(crate) fn set_terms(
    connection: &Transaction,
    number: CaseNumber,
    numbers: u32,
    users: u32,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- cases::set_terms\nUPDATE cases SET numbers = ?2, users = ?3 WHERE number = ?1",
            params![number.0, numbers, users],
        )
        .map_err(at("cases::set_terms"))?;
    one("cases::set_terms", changed)
}

fn read(row: &Row<'_>) -> Result<CaseRow, StoreError> {
    let failed = at("cases::read");
    let text = |column: usize| row.get::<_, String>(column).map_err(&failed);
    Ok(CaseRow {
        number: CaseNumber(row.get(0).map_err(&failed)?),
        id: sound("cases::id", text(1)?.parse())?,
        state: sound("cases::state", text(2)?.parse())?,
        sealed: row.get(3).map_err(&failed)?,
        opened_at: Moment::from_seconds(row.get(4).map_err(&failed)?),
        numbers: row.get(5).map_err(&failed)?,
        users: row.get(6).map_err(&failed)?,
    })
}
