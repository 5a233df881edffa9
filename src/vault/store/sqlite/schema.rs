//! What SQLite says its schema is.
//!
//! A connection keeps what it has read of the schema, and reads it again when the file's number for the schema changes.
//! So it is made to forget what it has read before a comparison: otherwise it could work with what stood there for a
//! moment.

use rusqlite::Connection;

use super::error::at;
use crate::vault::store::error::StoreError;
use crate::vault::store::schema::Object;

/// Makes the connection forget what it has read of the schema, and reads it anew from its snapshot.
pub(super) fn read_anew(connection: &Connection) -> Result<Vec<Object>, StoreError> {
    connection
        .execute_batch("PRAGMA writable_schema = RESET")
        .map_err(at("schema::reset"))?;
    read(connection)
}

/// Every object, in a fixed order.
pub(super) fn read(connection: &Connection) -> Result<Vec<Object>, StoreError> {
    let failed = at("schema::read");
    let mut statement = connection
        .prepare(
            "-- schema::read
             SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_master",
        )
        .map_err(&failed)?;
    let rows = statement
        .query_map([], |row| {
            Ok(Object {
                kind: row.get(0)?,
                name: row.get(1)?,
                table: row.get(2)?,
                text: row.get(3)?,
            })
        })
        .map_err(&failed)?;
    let mut all: Vec<Object> = rows.collect::<Result<_, _>>().map_err(&failed)?;
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::vault::store::schema::{NO_TABLE, compare};

    fn made(sql: &str) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(sql).unwrap();
        connection
    }

    const OWN: &str = "CREATE TABLE one (a INTEGER NOT NULL UNIQUE, b TEXT) STRICT;
        CREATE TABLE two (a INTEGER) STRICT;
        CREATE INDEX by_b ON one (b);";

    static EXPECTED: LazyLock<Vec<Object>> = LazyLock::new(|| read(&made(OWN)).unwrap());

    fn told(change: &str) -> (String, &'static str) {
        let found = read(&made(&format!("{OWN}{change}"))).unwrap();
        match compare(&EXPECTED, &found) {
            Err(fault) => (fault.to_string(), StoreError::from(fault).at),
            Ok(()) => (String::new(), ""),
        }
    }

    #[test]
    fn each_kind_of_object_is_compared_and_named_with_its_table() {
        assert_eq!(told(""), (String::new(), ""));
        for (change, named, table) in [
            (
                "CREATE TRIGGER t AFTER INSERT ON two BEGIN DELETE FROM two; END",
                "the trigger `t` of the table `two` is not the vault's",
                "two",
            ),
            (
                "CREATE INDEX i ON one (b) WHERE a > 5",
                "the index `i` of the table `one` is not the vault's",
                "one",
            ),
            (
                "CREATE VIEW v AS SELECT * FROM one",
                "the view `v` is not the vault's",
                NO_TABLE,
            ),
            (
                "CREATE TABLE three (a)",
                "the table `three` is not the vault's",
                NO_TABLE,
            ),
            (
                "ALTER TABLE two ADD COLUMN b INTEGER DEFAULT 5",
                "the table `two` is not as the vault made it",
                "two",
            ),
            (
                "DROP INDEX by_b; CREATE INDEX by_b ON one (b) WHERE 0",
                "the index `by_b` of the table `one` is not as the vault made it",
                "one",
            ),
            (
                "DROP INDEX by_b",
                "the index `by_b` of the table `one` is missing",
                "one",
            ),
            ("DROP TABLE two", "the table `two` is missing", "two"),
        ] {
            let (text, at) = told(change);
            assert_eq!(text, format!("the schema was altered: {named}"), "{change}");
            assert_eq!(at, table, "{change}");
        }
    }

    #[test]
    fn a_name_that_somebody_chose_is_shown_without_control_characters() {
        let (text, _) = told(&format!(
            "CREATE TABLE \"a\u{1b}[2J\n{}\" (a)",
            "x".repeat(99)
        ));
        assert!(text.contains(r"a\u{1b}[2J\n"), "{text}");
        assert!(text.len() < 150 && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn what_a_connection_had_read_of_the_schema_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let [own, other] = [(); 2].map(|()| {
            let connection = super::super::connection::writer(&path).unwrap();
            // Another program does not open the file as the vault does.
            let config = rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE;
            connection.set_db_config(config, false).unwrap();
            connection
        });
        let knows = |name: &str| own.prepare(&format!("SELECT * FROM {name}")).is_ok();
        other.execute_batch(OWN).unwrap();
        let before = read_anew(&own).unwrap();
        other.execute_batch("CREATE TABLE three (a)").unwrap();
        assert!(knows("three"));
        // It is taken back, and the number for the schema stays as it is.
        other
            .execute_batch(
                "PRAGMA writable_schema = ON;
                 DELETE FROM sqlite_master WHERE name = 'three';
                 PRAGMA writable_schema = OFF",
            )
            .unwrap();
        assert!(knows("three"));
        assert_eq!(read_anew(&own).unwrap(), before);
        assert!(!knows("three") && knows("two"));
    }
}
