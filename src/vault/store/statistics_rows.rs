//! Table `statistics`: the statistics of each block of records, sealed.

use super::sealed_parts::{PartsBetween, SealedParts, Statement};

pub(crate) const TABLE: SealedParts = SealedParts {
    insert: Statement {
        at: "statistics::insert",
        sql: "-- statistics::insert
              INSERT INTO statistics (exhibit, no, sealed) VALUES (?1, ?2, ?3)",
    },
    replace: Statement {
        at: "statistics::replace",
        sql: "-- statistics::replace
              UPDATE statistics SET sealed = ?3 WHERE exhibit = ?1 AND no = ?2",
    },
    find: Statement {
        at: "statistics::find",
        sql: "-- statistics::find
              SELECT sealed FROM statistics WHERE exhibit = ?1 AND no = ?2",
    },
    for_each: Statement {
        at: "statistics::for_each",
        sql: "-- statistics::for_each
              SELECT no, sealed FROM statistics WHERE exhibit = ?1 ORDER BY no",
    },
};

pub(crate) const BETWEEN: PartsBetween = PartsBetween(Statement {
    at: "statistics::between",
    sql: "-- statistics::between
          SELECT no, sealed FROM statistics WHERE exhibit = ?1 AND no BETWEEN ?2 AND ?3
          ORDER BY no",
});
