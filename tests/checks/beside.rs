//! Somebody beside a vault who reads and changes its rows, past its constraints: in the file, or with the server that
//! has its tables.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use breachvault::vault::Paths;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{Client, NoTls, Row};

/// A connection of theirs.
pub(crate) enum Beside {
    File(Connection),
    Server(Runtime, Client),
}

impl Beside {
    /// At the tables of the vault that is here.
    pub(crate) fn of(paths: &Paths) -> Self {
        let Ok(note) = fs::read_to_string(paths.store()) else {
            return Self::File(open_beside(&paths.database()));
        };
        let address = note.lines().next().unwrap();
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let connected = runtime.block_on(tokio_postgres::connect(address, NoTls));
        let (client, connection) = connected.unwrap();
        runtime.spawn(connection);
        let beside = Self::Server(runtime, client);
        // Foreign keys are triggers, which this leaves out.
        beside.run("SET session_replication_role = replica");
        beside
    }

    /// Runs a statement without values.
    pub(crate) fn run(&self, sql: &str) {
        match self {
            Self::File(connection) => connection.execute_batch(sql).unwrap(),
            Self::Server(runtime, client) => runtime.block_on(client.batch_execute(sql)).unwrap(),
        }
    }

    /// Runs a statement, whose places are `$1`, `$2` and so on in this order; says how many rows it changed, or that a
    /// rule of the schema is in the way.
    pub(crate) fn execute(&self, sql: &str, values: &[Cell]) -> Option<usize> {
        match self {
            Self::File(connection) => {
                let done = connection.execute(sql, params_from_iter(values));
                let code = done
                    .as_ref()
                    .err()
                    .and_then(|error| error.sqlite_error_code());
                let is_rule = code == Some(rusqlite::ErrorCode::ConstraintViolation);
                assert!(done.is_ok() || is_rule, "{sql}: {done:?}");
                done.ok()
            }
            Self::Server(runtime, client) => {
                let values = values.iter().map(Bound);
                let done = runtime.block_on(async {
                    let statement = client.prepare(sql).await?;
                    client.execute_raw(&statement, values).await
                });
                let code = done.as_ref().err().and_then(tokio_postgres::Error::code);
                let is_rule = code.is_some_and(|code| code.code().starts_with("23"));
                assert!(done.is_ok() || is_rule, "{sql}: {done:?}");
                done.ok().map(|rows| usize::try_from(rows).unwrap())
            }
        }
    }

    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<Cell>> {
        match self {
            Self::File(connection) => {
                let mut statement = connection.prepare(sql).unwrap();
                let width = statement.column_count();
                let rows =
                    statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect());
                rows.unwrap().map(Result::unwrap).collect()
            }
            Self::Server(runtime, client) => {
                let rows = runtime.block_on(client.query(sql, &[])).unwrap();
                let cells = |row: &Row| (0..row.len()).map(|at| cell(row, at)).collect();
                rows.iter().map(cells).collect()
            }
        }
    }

    /// The first cell of each row.
    pub(crate) fn column(&self, sql: &str) -> Vec<Cell> {
        let rows = self.rows(sql).into_iter();
        rows.map(|mut row| row.swap_remove(0)).collect()
    }

    /// The first cell of each row, which is a text.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let text = |cell| match cell {
            Cell::Text(text) => text,
            _ => panic!("no text"),
        };
        self.column(sql).into_iter().map(text).collect()
    }

    pub(crate) fn tables(&self) -> Vec<String> {
        self.texts(match self {
            Self::File(_) => "SELECT name FROM sqlite_schema WHERE type = 'table'",
            Self::Server(..) => {
                "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
            }
        })
    }

    /// Every cell of a server's tables, one table after the other, with its name.
    pub(crate) fn all_of_server(&self) -> Vec<(String, Vec<u8>)> {
        let bytes = |cell| match cell {
            Cell::Null => Vec::new(),
            Cell::Integer(value) => value.to_be_bytes().to_vec(),
            Cell::Real(value) => value.to_be_bytes().to_vec(),
            Cell::Text(text) => text.into_bytes(),
            Cell::Blob(bytes) => bytes,
        };
        let all_of = |table: String| {
            let rows = self.rows(&format!("SELECT * FROM {table}"));
            let cells = rows.into_iter().flatten().map(bytes);
            let bytes = cells.collect::<Vec<_>>().join(&0);
            (table, bytes)
        };
        self.tables().into_iter().map(all_of).collect()
    }

    /// Without those that a server makes itself of others.
    pub(crate) fn columns_of(&self, table: &str) -> Vec<String> {
        self.texts(&match self {
            Self::File(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
            Self::Server(..) => format!(
                "SELECT column_name::text FROM information_schema.columns
                 WHERE table_name = '{table}' AND table_schema = current_schema() AND is_generated = 'NEVER'
                 ORDER BY ordinal_position"
            ),
        })
    }

    /// The columns that rows are told apart by.
    pub(crate) fn key_of(&self, table: &str) -> Vec<String> {
        if let Self::Server(..) = self {
            return self.texts(&format!(
                "SELECT a.attname::text FROM pg_index x
                 CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY k (no, place)
                 JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.no
                 WHERE x.indexrelid = (SELECT indexrelid FROM pg_index WHERE indrelid = '{table}'::regclass
                     AND indisunique ORDER BY indisprimary DESC, indexrelid LIMIT 1) ORDER BY k.place"
            ));
        }
        let info =
            format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk");
        let key = self.texts(&info);
        if !key.is_empty() {
            return key;
        }
        // By the columns of a unique index.
        self.texts(&format!(
            "SELECT c.name FROM pragma_index_info(
                (SELECT name FROM pragma_index_list('{table}') WHERE \"unique\" = 1 ORDER BY seq LIMIT 1)
             ) AS c ORDER BY c.seqno"
        ))
    }

    /// The columns that are in a unique index.
    pub(crate) fn unique_of(&self, table: &str) -> BTreeSet<String> {
        let sql = match self {
            Self::File(_) => format!(
                "SELECT c.name FROM pragma_index_list('{table}') AS i, pragma_index_info(i.name) AS c
                 WHERE i.\"unique\" = 1"
            ),
            Self::Server(..) => format!(
                "SELECT a.attname::text FROM pg_index x JOIN pg_attribute a
                 ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey)
                 WHERE x.indrelid = '{table}'::regclass AND x.indisunique"
            ),
        };
        self.texts(&sql).into_iter().collect()
    }
}

fn cell(row: &Row, at: usize) -> Cell {
    let found = match *row.columns()[at].type_() {
        Type::INT8 => row.get::<_, Option<i64>>(at).map(Cell::Integer),
        Type::FLOAT8 => row.get::<_, Option<f64>>(at).map(Cell::Real),
        Type::BYTEA => row.get::<_, Option<Vec<u8>>>(at).map(Cell::Blob),
        _ => row.get::<_, Option<String>>(at).map(Cell::Text),
    };
    found.unwrap_or(Cell::Null)
}

/// A value for a place of a statement.
#[derive(Debug)]
struct Bound<'c>(&'c Cell);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Integer(value) => value.to_sql(kind, out),
            Cell::Real(value) => value.to_sql(kind, out),
            Cell::Text(value) => value.to_sql(kind, out),
            Cell::Blob(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(kind, out)
    }
}

/// The file, whose rules are not held to.
#[expect(
    clippy::disallowed_methods,
    reason = "a test changes the file past the vault"
)]
pub(crate) fn open_beside(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    for pragma in ["foreign_keys = OFF", "ignore_check_constraints = ON"] {
        let sql = format!("PRAGMA {pragma}");
        connection.execute_batch(&sql).unwrap();
    }
    connection
}

pub(crate) fn column(connection: &Connection, sql: &str) -> Vec<Cell> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}
