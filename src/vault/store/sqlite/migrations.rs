//! The schema: numbered steps, embedded, forward only, never altered.
//!
//! Each applied step is recorded with the SHA-256 of its text. A database is refused if it has a step this program does
//! not know, a step whose text differs, or a schema that is not the one which the applied steps make. No option
//! overrides this.

use std::sync::OnceLock;

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, params};

use super::connection;
use super::error::at;
use super::schema;
use crate::domain::Moment;
use crate::vault::store::error::StoreError;
use crate::vault::store::schema::{Object, SchemaFault, compare};

pub(crate) const STEPS: [(&str, &str); 5] = [
    (
        "0001_vault",
        include_str!("../../../../migrations/0001_vault.sql"),
    ),
    (
        "0002_cases",
        include_str!("../../../../migrations/0002_cases.sql"),
    ),
    (
        "0003_columns",
        include_str!("../../../../migrations/0003_columns.sql"),
    ),
    (
        "0004_requests",
        include_str!("../../../../migrations/0004_requests.sql"),
    ),
    (
        "0005_audit",
        include_str!("../../../../migrations/0005_audit.sql"),
    ),
];

const TABLE: &str = "CREATE TABLE migration (
    number     INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    sha256     BLOB NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT";

/// Applies the missing steps, each in its own transaction.
pub(super) fn apply(connection: &Connection, now: Moment) -> Result<(), SchemaFault> {
    let failed = at("migrations::apply");
    if schema::read(connection)?.is_empty() {
        connection.execute_batch(TABLE).map_err(&failed)?;
    }
    let applied = check(connection)?;
    for (index, (name, text)) in STEPS.iter().enumerate().skip(applied) {
        let step = connection.unchecked_transaction().map_err(&failed)?;
        step.execute_batch(text).map_err(&failed)?;
        let number = i64::try_from(index + 1).unwrap_or(i64::MAX);
        step.execute(
            "-- migrations::record
             INSERT INTO migration (number, name, sha256, applied_at) VALUES (?1, ?2, ?3, ?4)",
            params![number, name, sha256(text), now.seconds()],
        )
        .map_err(&failed)?;
        step.commit().map_err(&failed)?;
    }
    Ok(())
}

/// Compares the applied steps with the known ones, and the schema with the one that they make; returns how many are
/// applied, 0 for an empty database. Afterwards the connection works with the schema that was compared.
pub(super) fn check(connection: &Connection) -> Result<usize, SchemaFault> {
    let failed = at("migrations::check");
    // All is read in one snapshot.
    let begun = match connection.is_autocommit() {
        true => Some(connection.unchecked_transaction().map_err(&failed)?),
        false => None,
    };
    connection::schema_version(connection)?;
    let found = schema::read_anew(connection)?;
    let applied = match found.iter().any(|object| object.is_table("migration")) {
        true => applied(connection)?,
        false if found.is_empty() => return Ok(0),
        // The comparison will say that it is missing.
        false => STEPS.len(),
    };
    compare(expected(applied)?, &found)?;
    drop(begun);
    Ok(applied)
}

/// The same for a database that must have all steps.
pub(super) fn check_all(connection: &Connection) -> Result<(), SchemaFault> {
    match check(connection)? == STEPS.len() {
        true => Ok(()),
        false => Err(SchemaFault::Steps),
    }
}

/// How many steps the database says were applied, if they are the known ones.
fn applied(connection: &Connection) -> Result<usize, SchemaFault> {
    let failed = at("migrations::applied");
    let mut statement = connection
        .prepare("-- migrations::list\nSELECT number, name, sha256 FROM migration ORDER BY number")
        .map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(&failed)? {
        let (number, name, hash): (i64, String, Vec<u8>) = (
            row.get(0).map_err(&failed)?,
            row.get(1).map_err(&failed)?,
            row.get(2).map_err(&failed)?,
        );
        let (known_name, text) = STEPS.get(count).ok_or(SchemaFault::Newer)?;
        count += 1;
        if usize::try_from(number) != Ok(count) || name != *known_name || hash != sha256(text) {
            return Err(SchemaFault::Steps);
        }
    }
    Ok(count)
}

/// The schema that this many steps make, made in memory once.
fn expected(steps: usize) -> Result<&'static [Object], StoreError> {
    static MADE: OnceLock<Vec<Vec<Object>>> = OnceLock::new();
    let made = match MADE.get() {
        Some(made) => made,
        None => {
            let made = make_all()?;
            MADE.get_or_init(|| made)
        }
    };
    let made = made.get(steps).map(Vec::as_slice);
    made.ok_or(StoreError::inconsistent("migrations::expected"))
}

/// The schema after no step, after the first, and so on.
fn make_all() -> Result<Vec<Vec<Object>>, StoreError> {
    let failed = at("migrations::make_all");
    let connection = connection::in_memory()?;
    connection.execute_batch(TABLE).map_err(&failed)?;
    let mut all = vec![schema::read(&connection)?];
    for (_, text) in STEPS {
        connection.execute_batch(text).map_err(&failed)?;
        all.push(schema::read(&connection)?);
    }
    Ok(all)
}

fn sha256(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::store::schema::SchemaDifference;

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
                "INSERT INTO migration VALUES (99, '0099_later', x'00', 0)",
                [],
            )
            .unwrap();
        assert_eq!(check(&connection), Err(SchemaFault::Newer));
    }

    #[test]
    fn an_altered_step_is_refused() {
        let connection = fresh();
        connection
            .execute("UPDATE migration SET sha256 = x'00' WHERE number = 2", [])
            .unwrap();
        assert_eq!(check(&connection), Err(SchemaFault::Steps));
    }

    #[test]
    fn a_database_with_fewer_steps_has_what_these_make() {
        let connection = connection::in_memory().unwrap();
        assert_eq!(check(&connection), Ok(0));
        connection.execute_batch(TABLE).unwrap();
        assert_eq!(check(&connection), Ok(0));
        apply(&connection, Moment::from_seconds(0)).unwrap();
        check_all(&connection).unwrap();
        // What the last step made is there, and the list does not have it.
        connection
            .execute("DELETE FROM migration WHERE number = 5", [])
            .unwrap();
        assert!(matches!(
            check(&connection),
            Err(SchemaFault::Object {
                difference: SchemaDifference::Foreign,
                ..
            })
        ));
    }

    #[test]
    fn a_schema_changed_by_hand_is_refused_whatever_the_file_says_of_it() {
        for (change, table) in [
            (
                "CREATE TRIGGER t AFTER INSERT ON session
                 BEGIN UPDATE session SET operator = 'another'; END",
                "session",
            ),
            ("DROP INDEX request_of_case", "request"),
            ("CREATE VIEW v AS SELECT * FROM operator", "schema"),
            ("DROP TABLE migration", "migration"),
        ] {
            let connection = fresh();
            connection.execute_batch(change).unwrap();
            let fault = StoreError::from(check(&connection).unwrap_err());
            assert_eq!(fault.at, table, "{change}");
        }
    }

    #[test]
    fn the_vault_makes_no_trigger_and_no_view() {
        let connection = fresh();
        let sql = "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index')";
        let others: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(others, 0);
    }
}
