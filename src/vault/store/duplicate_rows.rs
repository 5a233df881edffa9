//! Table `duplicate`: the lines of a file that were left out as duplicates, sealed.

use super::sealed_parts::{SealedParts, Statement};

pub(crate) const TABLE: SealedParts = SealedParts {
    insert: Statement {
        at: "duplicate::insert",
        sql: "-- duplicate::insert
              INSERT INTO duplicate (exhibit, no, sealed) VALUES (?1, ?2, ?3)",
    },
    replace: Statement {
        at: "duplicate::replace",
        sql: "-- duplicate::replace
              UPDATE duplicate SET sealed = ?3 WHERE exhibit = ?1 AND no = ?2",
    },
    find: Statement {
        at: "duplicate::find",
        sql: "-- duplicate::find
              SELECT sealed FROM duplicate WHERE exhibit = ?1 AND no = ?2",
    },
    for_each: Statement {
        at: "duplicate::for_each",
        sql: "-- duplicate::for_each
              SELECT no, sealed FROM duplicate WHERE exhibit = ?1 ORDER BY no",
    },
};
