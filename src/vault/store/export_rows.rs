//! Table `export`: requests to hand out data, their decision, package and acknowledgement.

use rusqlite::{Row, params};

use super::error::{StoreError, at, one, sound};
use super::request_rows::{self, RequestRow, Requests};
use super::sealed_parts::Statement;
use super::transaction::Transaction;
use crate::domain::ExportId;

pub(crate) struct ExportRow {
    pub(crate) request: RequestRow<ExportId>,
    pub(crate) profile: String,
    /// The leaf of the decision; it goes into the package.
    pub(crate) decided_leaf: Option<u64>,
    /// SHA-256 of the package's tag manifest, once it was built.
    pub(crate) package: Option<Vec<u8>>,
}

/// An export is inserted with its profile, and decided with the leaf of the decision.
pub(crate) const TABLE: Requests = Requests {
    insert: Statement {
        at: "export::insert",
        sql: "-- export::insert
              INSERT INTO export (id, case_number, asker, state, asked_at, expires_at, digest, sealed, profile)
              VALUES (?1, ?2, ?3, 'requested', ?4, ?5, ?6, ?7, ?8)",
    },
    find: Statement {
        at: "export::find",
        sql: "-- export::find
              SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed,
                     profile, decided_leaf, package
              FROM export WHERE id = ?1",
    },
    list: Statement {
        at: "export::list",
        sql: "-- export::list
              SELECT id, case_number, asker, state, asked_at, expires_at, decider, decided_at, digest, sealed,
                     profile, decided_leaf, package
              FROM export WHERE case_number = ?1 ORDER BY asked_at DESC, id LIMIT 500",
    },
    decide: Statement {
        at: "export::decide",
        sql: "-- export::decide
              UPDATE export
              SET state = ?2, decider = ?3, decided_at = ?4, expires_at = ?5, sealed = ?6, decided_leaf = ?7
              WHERE id = ?1 AND state = 'requested'",
    },
};

pub(crate) fn read(row: &Row<'_>) -> Result<ExportRow, StoreError> {
    let failed = at("export::read");
    Ok(ExportRow {
        request: request_rows::read("export::read", row)?,
        profile: row.get(10).map_err(&failed)?,
        decided_leaf: row
            .get::<_, Option<i64>>(11)
            .map_err(&failed)?
            .map(|leaf| sound("export::decided_leaf", u64::try_from(leaf)))
            .transpose()?,
        package: row.get(12).map_err(&failed)?,
    })
}

/// Records the receiver's acknowledgement of the package.
pub(crate) fn acknowledge(
    connection: &Transaction,
    id: &ExportId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- export::acknowledge
             UPDATE export SET state = 'acknowledged', sealed = ?2 WHERE id = ?1 AND state = 'used'",
            params![id.as_str(), sealed],
        )
        .map_err(at("export::acknowledge"))?;
    one("export::acknowledge", changed)
}

/// Records which package was handed out, the first time.
pub(crate) fn hand_out(
    connection: &Transaction,
    id: &ExportId,
    package: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- export::hand_out
             UPDATE export SET state = 'used', package = ?2
             WHERE id = ?1 AND ((state = 'approved' AND package IS NULL) OR (state = 'used' AND package = ?2))",
            params![id.as_str(), package],
        )
        .map_err(at("export::hand_out"))?;
    one("export::hand_out", changed)
}
