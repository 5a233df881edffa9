//! Table `quarantine`: rows that could not be admitted, sealed.

use super::sealed_parts::{SealedParts, Statement};

pub(crate) const TABLE: SealedParts = SealedParts {
    insert: Statement {
        at: "quarantine::insert",
        sql: "-- quarantine::insert
              INSERT INTO quarantine (exhibit, no, sealed) VALUES (?1, ?2, ?3)",
    },
    replace: Statement {
        at: "quarantine::replace",
        sql: "-- quarantine::replace
              UPDATE quarantine SET sealed = ?3 WHERE exhibit = ?1 AND no = ?2",
    },
    find: Statement {
        at: "quarantine::find",
        sql: "-- quarantine::find
              SELECT sealed FROM quarantine WHERE exhibit = ?1 AND no = ?2",
    },
    for_each: Statement {
        at: "quarantine::for_each",
        sql: "-- quarantine::for_each
              SELECT no, sealed FROM quarantine WHERE exhibit = ?1 ORDER BY no",
    },
};
