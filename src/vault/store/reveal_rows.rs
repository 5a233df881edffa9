//! Table `reveal`: requests to see numbers, their decision and their use.

use rusqlite::{Row, params};

use super::error::{StoreError, at, one};
use super::request_rows::{self, RequestRow, Requests};
use super::sealed_parts::Statement;
use super::transaction::Transaction;
use crate::domain::RevealId;
use crate::policy::RequestState;

pub(crate) const TABLE: Requests = Requests {
    insert: Statement {
        at: "reveal::insert",
        sql: "-- reveal::insert
              INSERT INTO reveal (id, case_number, asker, state, asked_at, expires_at, digest, sealed)
              VALUES (?1, ?2, ?3, 'requested', ?4, ?5, ?6, ?7)",
    },
    find: Statement {
        at: "reveal::find",
        sql: "-- reveal::find
              SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed
              FROM reveal WHERE id = ?1",
    },
    list: Statement {
        at: "reveal::list",
        sql: "-- reveal::list
              SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed
              FROM reveal WHERE case_number = ?1 ORDER BY asked_at DESC, id LIMIT 500",
    },
    decide: Statement {
        at: "reveal::decide",
        sql: "-- reveal::decide
              UPDATE reveal SET state = ?2, decider = ?3, decided_at = ?4, expires_at = ?5, sealed = ?6
              WHERE id = ?1 AND state = 'requested'",
    },
};

pub(crate) fn read(row: &Row<'_>) -> Result<RequestRow<RevealId>, StoreError> {
    request_rows::read("reveal::read", row)
}

/// Moves a request from one state to the next.
pub(crate) fn advance(
    connection: &Transaction,
    id: &RevealId,
    from: RequestState,
    to: RequestState,
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- reveal::advance\nUPDATE reveal SET state = ?3 WHERE id = ?1 AND state = ?2",
            params![id.as_str(), from.as_str(), to.as_str()],
        )
        .map_err(at("reveal::advance"))?;
    one("reveal::advance", changed)
}
