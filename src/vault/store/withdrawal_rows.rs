//! Table `withdrawal`: requests to withdraw an exhibit, and their decision.

use rusqlite::Row;

use super::error::{StoreError, at};
use super::exhibit_rows::ExhibitNumber;
use super::request_rows::{self, RequestRow, Requests};
use super::sealed_parts::Statement;
use crate::domain::WithdrawalId;

pub(crate) struct WithdrawalRow {
    pub(crate) request: RequestRow<WithdrawalId>,
    pub(crate) exhibit: ExhibitNumber,
}

/// A withdrawal is inserted with its exhibit.
pub(crate) const TABLE: Requests = Requests {
    insert: Statement {
        at: "withdrawal::insert",
        sql: "-- withdrawal::insert
              INSERT INTO withdrawal (id, case_number, asker, state, asked_at, expires_at, digest, sealed, exhibit)
              VALUES (?1, ?2, ?3, 'requested', ?4, ?5, ?6, ?7, ?8)",
    },
    find: Statement {
        at: "withdrawal::find",
        sql: "-- withdrawal::find
              SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed, exhibit
              FROM withdrawal WHERE id = ?1",
    },
    list: Statement {
        at: "withdrawal::list",
        sql: "-- withdrawal::list
              SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed, exhibit
              FROM withdrawal WHERE case_number = ?1 ORDER BY asked_at DESC, id LIMIT 500",
    },
    decide: Statement {
        at: "withdrawal::decide",
        sql: "-- withdrawal::decide
              UPDATE withdrawal SET state = ?2, decider = ?3, decided_at = ?4, expires_at = ?5, sealed = ?6
              WHERE id = ?1 AND state = 'requested'",
    },
};

pub(crate) fn read(row: &Row<'_>) -> Result<WithdrawalRow, StoreError> {
    Ok(WithdrawalRow {
        request: request_rows::read("withdrawal::read", row)?,
        exhibit: ExhibitNumber(row.get(10).map_err(at("withdrawal::read"))?),
    })
}
