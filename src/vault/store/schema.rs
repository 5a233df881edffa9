//! The schema of a database, compared object by object with the one that this program makes.
//!
//! Whoever writes the database can put other tables, indexes, triggers and views there, so nothing in it says what they
//! should be: the program makes its own schema and compares the texts.

use super::error::{StoreError, StoreFault};

/// A table, an index, a trigger or a view, as the list of the schema has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) table: String,
    pub(super) kind: String,
    pub(super) name: String,
    /// The statement that made it; empty for an index that the database made itself.
    pub(super) text: String,
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
    /// Steps are missing, and the database's user may not apply them.
    #[error(
        "the tables are of an older version or are not there, and this user of the database may not change them: their \
         owner has to run `breachvault store prepare` (docs/postgresql.md)"
    )]
    NotOwner,
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
pub(super) const NO_TABLE: &str = "schema";

impl From<SchemaFault> for StoreError {
    fn from(fault: SchemaFault) -> Self {
        let (at, fault) = match fault {
            SchemaFault::Store(error) => return error,
            SchemaFault::Newer => ("migration", StoreFault::SchemaNewer),
            SchemaFault::NotOwner => ("migration", StoreFault::Unauthorised),
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

/// Compares two schemas, each in a fixed order.
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
