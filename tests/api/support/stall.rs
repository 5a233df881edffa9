//! Somebody beside a vault who keeps it from committing.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::time::Duration;

use rusqlite::Connection;

use super::TestVault;
use crate::tables::Tables;

/// Holds the lock of the database, so that the ledger cannot commit until it is dropped.
pub enum Stall {
    /// Of the file.
    File(Connection),
    /// Of the head of the log, with the server.
    Server(Child, ChildStdin),
}

impl Stall {
    pub fn of(vault: &TestVault) -> Self {
        match &vault.tables {
            Some(tables) => Self::of_server(tables),
            None => Self::of_file(vault),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "somebody beside the vault holds its database"
    )]
    fn of_file(vault: &TestVault) -> Self {
        let connection = Connection::open(vault.paths.database()).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        Self::File(connection)
    }

    fn of_server(tables: &Tables) -> Self {
        let mut terminal = tables.server().terminal(tables.name());
        terminal.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = terminal.spawn().unwrap();
        let mut told = child.stdin.take().unwrap();
        let hold = "BEGIN;\nSELECT 'held' FROM checkpoint FOR UPDATE;\n";
        told.write_all(hold.as_bytes()).unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while line.trim() != "held" {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it ended");
        }
        // The rest of what it says is for nobody, and it must not wait for a reader.
        std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
        Self::Server(child, told)
    }

    pub fn end(self) {
        match self {
            Self::File(connection) => connection.execute_batch("ROLLBACK").unwrap(),
            Self::Server(mut child, told) => {
                drop(told);
                assert!(child.wait().unwrap().success());
            }
        }
    }
}
