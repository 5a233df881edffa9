//! Table `operator`: who may sign in. Names, password hashes and TOTP secrets are in `sealed`,
//! which this file never opens.

use rusqlite::{OptionalExtension, Row, params};

use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{HomeRole, Moment, OperatorId, words};

pub(crate) struct OperatorRow {
    pub(crate) id: OperatorId,
    pub(crate) home: HomeRole,
    pub(crate) state: OperatorState,
    pub(crate) sealed: Vec<u8>,
    pub(crate) enrol_by: Option<Moment>,
    pub(crate) totp_step: i64,
}

words! {
    pub(crate) enum OperatorState {
        Invited => "invited",
        Active => "active",
        Revoked => "revoked",
    }
}

pub(crate) struct NewOperator<'a> {
    pub(crate) id: &'a OperatorId,
    pub(crate) name_tag: &'a [u8],
    pub(crate) home: HomeRole,
    pub(crate) sealed: &'a [u8],
    pub(crate) enrolment: &'a [u8],
    pub(crate) enrol_by: Moment,
    pub(crate) created_at: Moment,
}

pub(crate) fn insert(connection: &Transaction, new: &NewOperator<'_>) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- operator::insert
             INSERT INTO operator (id, name_tag, home, state, sealed, enrolment, enrol_by, created_at)
             VALUES (?1, ?2, ?3, 'invited', ?4, ?5, ?6, ?7)",
            params![
                new.id.as_str(),
                new.name_tag,
                new.home.as_str(),
                new.sealed,
                new.enrolment,
                new.enrol_by.seconds(),
                new.created_at.seconds()
            ],
        )
        .map_err(at("operator::insert"))?;
    one("operator::insert", changed)
}

const COLUMNS: &str = "SELECT id, home, state, sealed, enrol_by, totp_step FROM operator";

pub(crate) fn find(
    connection: &Snapshot,
    id: &OperatorId,
) -> Result<Option<OperatorRow>, StoreError> {
    lookup(
        connection,
        &format!("-- operator::find\n{COLUMNS} WHERE id = ?1"),
        &id.as_str(),
    )
}

pub(crate) fn find_by_name_tag(
    connection: &Snapshot,
    tag: &[u8],
) -> Result<Option<OperatorRow>, StoreError> {
    lookup(
        connection,
        &format!("-- operator::find_by_name_tag\n{COLUMNS} WHERE name_tag = ?1"),
        &tag,
    )
}

pub(crate) fn find_by_enrolment(
    connection: &Snapshot,
    hash: &[u8],
) -> Result<Option<OperatorRow>, StoreError> {
    lookup(
        connection,
        &format!("-- operator::find_by_enrolment\n{COLUMNS} WHERE enrolment = ?1"),
        &hash,
    )
}

pub(crate) fn list(connection: &Snapshot) -> Result<Vec<OperatorRow>, StoreError> {
    let failed = at("operator::list");
    let mut statement = connection
        .prepare_cached(&format!(
            "-- operator::list\n{COLUMNS} ORDER BY created_at, id"
        ))
        .map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// Uses the invitation up: the operator has a password now.
pub(crate) fn activate(
    connection: &Transaction,
    id: &OperatorId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- operator::activate
             UPDATE operator SET state = 'active', sealed = ?2, enrolment = NULL, enrol_by = NULL
             WHERE id = ?1 AND state = 'invited'",
            params![id.as_str(), sealed],
        )
        .map_err(at("operator::activate"))?;
    one("operator::activate", changed)
}

pub(crate) fn revoke(connection: &Transaction, id: &OperatorId) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- operator::revoke
             UPDATE operator SET state = 'revoked', enrolment = NULL WHERE id = ?1",
            params![id.as_str()],
        )
        .map_err(at("operator::revoke"))?;
    one("operator::revoke", changed)
}

/// Stores what a sign-in changed: the step of the newest one-time code used, and the secrets.
pub(crate) fn signed_in(
    connection: &Transaction,
    id: &OperatorId,
    step: i64,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- operator::signed_in
             UPDATE operator SET totp_step = ?2, sealed = ?3 WHERE id = ?1 AND state = 'active'",
            params![id.as_str(), step, sealed],
        )
        .map_err(at("operator::signed_in"))?;
    one("operator::signed_in", changed)
}

/// Gives somebody a second factor who has none or has never used it.
pub(crate) fn set_second_factor(
    connection: &Transaction,
    id: &OperatorId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- operator::set_second_factor
             UPDATE operator SET sealed = ?2 WHERE id = ?1 AND state = 'active' AND totp_step = 0",
            params![id.as_str(), sealed],
        )
        .map_err(at("operator::set_second_factor"))?;
    one("operator::set_second_factor", changed)
}

fn lookup(
    connection: &Snapshot,
    sql: &str,
    key: &dyn rusqlite::ToSql,
) -> Result<Option<OperatorRow>, StoreError> {
    let failed = at("operator::find");
    let mut statement = connection.prepare_cached(sql).map_err(&failed)?;
    statement
        .query_row([key], |row| Ok(read(row)))
        .optional()
        .map_err(&failed)?
        .transpose()
}

fn read(row: &Row<'_>) -> Result<OperatorRow, StoreError> {
    let failed = at("operator::read");
    let text = |column: usize| row.get::<_, String>(column).map_err(&failed);
    Ok(OperatorRow {
        id: sound("operator::id", text(0)?.parse())?,
        home: sound("operator::home", text(1)?.parse())?,
        state: sound("operator::state", text(2)?.parse())?,
        sealed: row.get(3).map_err(&failed)?,
        enrol_by: row
            .get::<_, Option<i64>>(4)
            .map_err(&failed)?
            .map(Moment::from_seconds),
        totp_step: row.get(5).map_err(&failed)?,
    })
}
