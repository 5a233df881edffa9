//! Table `subject_index`: where each range of numbers occurs, sealed.

use super::sealed_parts::{PartsBetween, SealedParts, Statement};

pub(crate) const TABLE: SealedParts = SealedParts {
    insert: Statement {
        at: "subject_index::insert",
        sql: "-- subject_index::insert
              INSERT INTO subject_index (exhibit, range, sealed) VALUES (?1, ?2, ?3)",
    },
    replace: Statement {
        at: "subject_index::replace",
        sql: "-- subject_index::replace
              UPDATE subject_index SET sealed = ?3 WHERE exhibit = ?1 AND range = ?2",
    },
    find: Statement {
        at: "subject_index::find",
        sql: "-- subject_index::find
              SELECT sealed FROM subject_index WHERE exhibit = ?1 AND range = ?2",
    },
    for_each: Statement {
        at: "subject_index::for_each",
        sql: "-- subject_index::for_each
              SELECT range, sealed FROM subject_index WHERE exhibit = ?1 ORDER BY range",
    },
};

pub(crate) const BETWEEN: PartsBetween = PartsBetween(Statement {
    at: "subject_index::between",
    sql: "-- subject_index::between
          SELECT range, sealed FROM subject_index WHERE exhibit = ?1 AND range BETWEEN ?2 AND ?3
          ORDER BY range",
});
