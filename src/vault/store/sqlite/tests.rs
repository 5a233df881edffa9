//! For tests: how SQLite answers a statement, and what it does not do in a vault.

use rusqlite::StatementStatus;
use rusqlite::config::DbConfig;

use super::connection;
use super::rows::bound;
use super::session::Session;
use crate::vault::store::value::ValueRef;

/// How a statement is answered, how many steps it takes, and how often it sorts.
pub(in crate::vault::store) struct Plan {
    pub(in crate::vault::store) text: String,
    pub(in crate::vault::store) steps: i32,
    pub(in crate::vault::store) sorts: i32,
}

impl Session {
    /// An empty database in memory.
    pub(in crate::vault::store) fn in_memory() -> Self {
        Self::of(connection::in_memory().unwrap())
    }

    /// Runs a statement and says how.
    pub(in crate::vault::store) fn plan(&self, sql: &str, values: &[ValueRef<'_>]) -> Plan {
        let mut explained = self
            .raw()
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let text: Vec<String> = explained
            .query_map(bound(values), |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut statement = self.raw().prepare(sql).unwrap();
        let mut rows = statement.query(bound(values)).unwrap();
        while rows.next().unwrap().is_some() {}
        drop(rows);
        Plan {
            text: text.join("; "),
            steps: statement.get_status(StatementStatus::VmStep),
            sorts: statement.get_status(StatementStatus::Sort),
        }
    }
}

/// Triggers in the file fire from now on, as they never do in a vault.
pub(in crate::vault::store) fn allow_triggers(session: &Session) {
    let config = DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
    session.raw().set_db_config(config, true).unwrap();
}
