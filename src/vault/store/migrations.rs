//! The schema: numbered steps, embedded, forward only, never altered.
//!
//! Each applied step is recorded with the SHA-256 of its text, and the resulting schema is recorded
//! too. A database is refused if it has a step this program does not know, a step whose text
//! differs, or a schema that was changed by hand. No option overrides this.

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, params};

use super::error::{StoreError, StoreFault, at};
use crate::domain::Moment;

pub(crate) const STEPS: [(&str, &str); 5] = [
    (
        "0001_vault",
        include_str!("../../../migrations/0001_vault.sql"),
    ),
    (
        "0002_cases",
        include_str!("../../../migrations/0002_cases.sql"),
    ),
    (
        "0003_columns",
        include_str!("../../../migrations/0003_columns.sql"),
    ),
    (
        "0004_requests",
        include_str!("../../../migrations/0004_requests.sql"),
    ),
    (
        "0005_audit",
        include_str!("../../../migrations/0005_audit.sql"),
    ),
];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    number     INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    sha256     BLOB NOT NULL,
    schema     BLOB NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT";

/// Applies the missing steps, each in its own transaction.
pub(super) fn apply(connection: &Connection, now: Moment) -> Result<(), StoreError> {
    let failed = at("migrations::apply");
    connection.execute_batch(TABLE).map_err(&failed)?;
    let applied = check(connection)?;
    for (index, (name, text)) in STEPS.iter().enumerate().skip(applied) {
        let step = connection.unchecked_transaction().map_err(&failed)?;
        step.execute_batch(text).map_err(&failed)?;
        let number = i64::try_from(index + 1).unwrap_or(i64::MAX);
        step.execute(
            "-- migrations::record
             INSERT INTO migration (number, name, sha256, schema, applied_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![number, name, sha256(text), schema_digest(connection)?, now.seconds()],
        )
        .map_err(&failed)?;
        step.commit().map_err(&failed)?;
    }
    Ok(())
}

/// Compares the applied steps with the known ones; returns how many are applied.
pub(super) fn check(connection: &Connection) -> Result<usize, StoreError> {
    let failed = at("migrations::check");
    let mut statement = connection
        .prepare("-- migrations::list\nSELECT number, name, sha256, schema FROM migration ORDER BY number")
        .map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut count = 0;
    let mut newest: Option<Vec<u8>> = None;
    while let Some(row) = rows.next().map_err(&failed)? {
        let (number, name, hash, schema): (i64, String, Vec<u8>, Vec<u8>) = (
            row.get(0).map_err(&failed)?,
            row.get(1).map_err(&failed)?,
            row.get(2).map_err(&failed)?,
            row.get(3).map_err(&failed)?,
        );
        let Some((known_name, text)) = STEPS.get(count) else {
            return Err(refused(StoreFault::SchemaNewer));
        };
        count += 1;
        if usize::try_from(number) != Ok(count) || name != *known_name || hash != sha256(text) {
            return Err(refused(StoreFault::SchemaAltered));
        }
        newest = Some(schema);
    }
    match newest {
        Some(schema) if schema != schema_digest(connection)? => {
            Err(refused(StoreFault::SchemaAltered))
        }
        _ => Ok(count),
    }
}

fn refused(fault: StoreFault) -> StoreError {
    StoreError {
        at: "migrations::check",
        fault,
    }
}

fn sha256(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

/// A digest of every statement that made the schema.
fn schema_digest(connection: &Connection) -> Result<Vec<u8>, StoreError> {
    let failed = at("migrations::schema");
    let mut statement = connection
        .prepare(
            "-- migrations::schema
             SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name",
        )
        .map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut all = String::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        for column in 0..3 {
            all.push_str(&row.get::<_, String>(column).map_err(&failed)?);
            all.push('\u{0}');
        }
    }
    Ok(sha256(&all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, Moment::from_seconds(0)).unwrap();
        connection
    }

    #[test]
    fn every_step_is_applied_once() {
        let connection = fresh();
        assert_eq!(check(&connection), Ok(STEPS.len()));
        apply(&connection, Moment::from_seconds(1)).unwrap();
        assert_eq!(check(&connection), Ok(STEPS.len()));
    }

    #[test]
    fn an_exhibit_counts_until_it_is_withdrawn_which_needs_a_leaf() {
        let connection = fresh();
        connection
            .execute_batch(
                "INSERT INTO cases (number, id, state, sealed, opened_at)
                 VALUES (1, 'C-1', 'open', x'', 0);
                 INSERT INTO exhibit (id, case_number, state, sealed, begun_at, admitted_at)
                 VALUES ('x', 1, 'admitted', x'00', 0, 0)",
            )
            .unwrap();
        let counting = "SELECT count(*) FROM exhibit WHERE withdrawn_at IS NULL";
        let count: i64 = connection
            .query_row(counting, [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 1);
        // One cannot be withdrawn without its leaf.
        let half = connection.execute("UPDATE exhibit SET withdrawn_at = 5", []);
        assert!(half.is_err());
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let connection = fresh();
        connection
            .execute(
                "INSERT INTO migration VALUES (99, '0099_later', x'00', x'00', 0)",
                [],
            )
            .unwrap();
        assert_eq!(
            check(&connection).unwrap_err().fault,
            StoreFault::SchemaNewer
        );
    }

    #[test]
    fn an_altered_step_is_refused() {
        let connection = fresh();
        connection
            .execute("UPDATE migration SET sha256 = x'00' WHERE number = 2", [])
            .unwrap();
        assert_eq!(
            check(&connection).unwrap_err().fault,
            StoreFault::SchemaAltered
        );
    }

    #[test]
    fn a_schema_changed_by_hand_is_refused() {
        let connection = fresh();
        connection.execute_batch("DROP TRIGGER leaf_stays").unwrap();
        assert_eq!(
            check(&connection).unwrap_err().fault,
            StoreFault::SchemaAltered
        );
    }
}
