//! Table `seen`: for each block of records, short prints of its messages, sealed.

use super::sealed_parts::{SealedParts, Statement};

pub(crate) const TABLE: SealedParts = SealedParts {
    insert: Statement {
        at: "seen::insert",
        sql: "-- seen::insert
              INSERT INTO seen (exhibit, no, sealed) VALUES (?1, ?2, ?3)",
    },
    find: Statement {
        at: "seen::find",
        sql: "-- seen::find
              SELECT sealed FROM seen WHERE exhibit = ?1 AND no = ?2",
    },
    for_each: Statement {
        at: "seen::for_each",
        sql: "-- seen::for_each
              SELECT no, sealed FROM seen WHERE exhibit = ?1 ORDER BY no",
    },
};
