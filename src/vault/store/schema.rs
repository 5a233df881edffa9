//! The schema of a database, compared object by object with the one that this program makes.
//!
//! SQLite takes the tables, indexes, triggers and views of a database from its file. Whoever writes the file can put
//! others there, so nothing in the file says what they should be: the program makes its own schema in memory and
//! compares the texts. A connection keeps what it has read of the schema, and reads it again when the file's number
//! for the schema changes. So it is made to forget what it has read before the comparison: otherwise it could work with
//! what stood there for a moment.

use rusqlite::Connection;

use super::error::{StoreError, StoreFault, at};

/// A table, an index, a trigger or a view, as the list of the schema has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    table: String,
    kind: String,
    name: String,
    /// The statement that made it; empty for an index that SQLite made itself.
    text: String,
}

/// The schema is not the one that this program makes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaFault {
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database has a migration that this program does not know.
    #[error("the schema is newer than this program knows")]
    Newer,
    /// The list of applied migrations has another name or digest than this program's, or ends too early.
    #[error("the schema was altered: the list of applied migrations is not this program's")]
    Steps,
    /// One object is not the program's.
    #[error("the schema was altered: {object} {difference}")]
    Object {
        /// Its kind and name.
        object: String,
        /// What is wrong with it.
        difference: SchemaDifference,
        /// The vault's table that it belongs to.
        table: &'static str,
    },
}

/// How an object differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemaDifference {
    /// The vault makes none of this name.
    #[error("is not the vault's")]
    Foreign,
    /// It has another text.
    #[error("is not as the vault made it")]
    Changed,
    /// It is not there.
    #[error("is missing")]
    Missing,
}

/// Stands for objects that belong to no table of the vault.
const NO_TABLE: &str = "sqlite_schema";

impl From<SchemaFault> for StoreError {
    fn from(fault: SchemaFault) -> Self {
        let (at, fault) = match fault {
            SchemaFault::Store(error) => return error,
            SchemaFault::Newer => ("migration", StoreFault::SchemaNewer),
            SchemaFault::Steps => ("migration", StoreFault::SchemaAltered),
            SchemaFault::Object { table, .. } => (table, StoreFault::SchemaAltered),
        };
        Self { at, fault }
    }
}

impl Object {
    /// Whether it is the table of this name.
    pub(super) fn is_table(&self, name: &str) -> bool {
        self.kind == "table" && self.name == name
    }

    fn has_name_of(&self, other: &Self) -> bool {
        (&self.kind, &self.name) == (&other.kind, &other.name)
    }

    fn fault(&self, difference: SchemaDifference, expected: &'static [Self]) -> SchemaFault {
        let known = expected.iter().find(|own| own.table == self.table);
        let (kind, name) = (shown(&self.kind), shown(&self.name));
        let object = match (self.table == self.name, known) {
            (false, Some(own)) => format!("the {kind} `{name}` of the table `{}`", own.table),
            _ => format!("the {kind} `{name}`"),
        };
        SchemaFault::Object {
            object,
            difference,
            table: known.map_or(NO_TABLE, |own| &own.table),
        }
    }
}

/// Somebody else may have chosen a name: no control characters, and not too long.
fn shown(name: &str) -> String {
    name.escape_debug().take(60).collect()
}

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

/// Compares two schemas that [`read`] has read.
pub(super) fn compare(expected: &'static [Object], found: &[Object]) -> Result<(), SchemaFault> {
    if expected == found {
        return Ok(());
    }
    let strange = found.iter().find(|object| !expected.contains(object));
    if let Some(strange) = strange {
        let changed = expected.iter().any(|own| own.has_name_of(strange));
        let difference = match changed {
            true => SchemaDifference::Changed,
            false => SchemaDifference::Foreign,
        };
        return Err(strange.fault(difference, expected));
    }
    let missing = expected.iter().find(|own| !found.contains(own));
    Err(match missing {
        Some(missing) => missing.fault(SchemaDifference::Missing, expected),
        // One is listed twice.
        None => SchemaFault::Steps,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

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
