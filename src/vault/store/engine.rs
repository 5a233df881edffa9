//! Which database it is: the one place where an engine is chosen. Each does in its own way what this lists.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::check::Check;
use super::error::{StoreError, StoreFault};
use super::head::Head;
use super::large::Large;
use super::part_list::{PartDigest, PartPlace};
use super::postgresql::PlaceFault;
use super::schema::SchemaFault;
use super::value::ValueRef;
use super::{postgresql, sqlite};
use crate::domain::Moment;

/// Where the tables are.
#[derive(Clone)]
pub(crate) enum Database {
    /// In a file.
    File(PathBuf),
    /// With a server.
    Server(Arc<postgresql::Server>),
}

impl Database {
    /// What a note names; where there is none, the file. The note has the server's address in its first line, and the
    /// file of the password in its second one.
    pub(crate) fn of(file: PathBuf, note: &Path) -> Result<Self, StoreError> {
        let failed = |fault| StoreError {
            at: "store::note",
            fault,
        };
        match fs::read_to_string(note) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::File(file)),
            Err(_) => Err(failed(StoreFault::CannotOpen)),
            Ok(text) => Self::noted(&text),
        }
    }

    /// What the text of such a note names.
    pub(crate) fn noted(text: &str) -> Result<Self, StoreError> {
        let failed = |fault| StoreError {
            at: "store::note",
            fault,
        };
        let mut lines = text.lines();
        let address = lines.next().unwrap_or_default();
        let password = lines.next().filter(|line| !line.is_empty());
        let place = postgresql::ServerPlace::read(address, password.map(PathBuf::from));
        let place = place.map_err(|_| failed(StoreFault::CannotOpen))?;
        postgresql::Server::at(place).map(Self::Server)
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// The kind of engine that has the tables.
    pub(crate) fn engine(&self) -> &'static str {
        match self {
            Self::File(_) => "sqlite",
            Self::Server(_) => "postgresql",
        }
    }

    /// Whether another process of this program has a connection to the server, wherever it runs. Who has a file open is
    /// told by the lock of its directory.
    pub(crate) fn is_used_by_others(&self) -> Result<bool, StoreError> {
        match self {
            Self::File(_) => Ok(false),
            Self::Server(server) => postgresql::Session::reader(server)?.is_beside_others(),
        }
    }
}

/// What such a note says, if the address can be used.
pub(crate) fn note_of(address: &str, password: Option<&Path>) -> Result<String, PlaceFault> {
    let password = password.map(std::path::absolute).transpose();
    let password = password.map_err(|_| PlaceFault::PasswordFile)?;
    postgresql::ServerPlace::read(address, password.clone())?;
    let password = password.unwrap_or_default();
    let password = password.to_str().ok_or(PlaceFault::PasswordFile)?;
    match address.contains('\n') || password.contains('\n') {
        true => Err(PlaceFault::Form),
        false => Ok(format!("{address}\n{password}\n")),
    }
}

impl From<&PathBuf> for Database {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

/// One connection.
pub(super) enum Session {
    Sqlite(sqlite::Session),
    Postgresql(Box<postgresql::Session>),
}

/// The rows of one statement, one after the other.
pub(super) enum Rows<'s> {
    Sqlite(sqlite::Rows<'s>),
    Postgresql(postgresql::Rows<'s>),
}

/// The cells of one row.
pub(super) enum Cells<'r> {
    Sqlite(sqlite::Cells<'r>),
    Postgresql(postgresql::Cells<'r>),
}

/// Reads the large values of one table one after the other.
pub(super) enum LargeReader<'c> {
    Sqlite(sqlite::LargeReader<'c>),
    Postgresql(postgresql::LargeReader<'c>),
}

impl Session {
    /// The connection that writes.
    pub(super) fn writer(database: &Database) -> Result<Self, StoreError> {
        Ok(match database {
            Database::File(path) => Self::Sqlite(sqlite::Session::writer(path)?),
            Database::Server(server) => {
                Self::Postgresql(Box::new(postgresql::Session::writer(server)?))
            }
        })
    }

    /// One that can only read.
    pub(super) fn reader(database: &Database) -> Result<Self, StoreError> {
        Ok(match database {
            Database::File(path) => Self::Sqlite(sqlite::Session::reader(path)?),
            Database::Server(server) => {
                Self::Postgresql(Box::new(postgresql::Session::reader(server)?))
            }
        })
    }

    /// One that can only read, and that leaves a file and its log as they are.
    pub(super) fn looker(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::File(path) => sqlite::Session::looker(path).map(Self::Sqlite),
            Database::Server(_) => Self::reader(database),
        }
    }

    /// One that can only read, for a process outside the vault, in a transaction that has begun to read.
    pub(super) fn onlooker(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::File(path) => sqlite::Session::onlooker(path).map(Self::Sqlite),
            Database::Server(server) => {
                let own = postgresql::Session::onlooker(server)?;
                let session = Self::Postgresql(Box::new(own));
                session.begin_to_read()?;
                Ok(session)
            }
        }
    }

    /// The same for a file that nobody changes meanwhile.
    pub(super) fn at_rest(path: &Path) -> Result<Self, StoreError> {
        sqlite::Session::at_rest(path).map(Self::Sqlite)
    }

    /// Runs a statement, which is prepared once, and hands its rows to `with`.
    pub(super) fn query<T>(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        with: impl FnOnce(Rows<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(own) => own.query(at, sql, values, |rows| with(Rows::Sqlite(rows))),
            Self::Postgresql(own) => {
                own.query(at, sql, values, |rows| with(Rows::Postgresql(rows)))
            }
        }
    }

    /// Runs a statement that returns no rows and that is prepared once; answers how many rows it changed.
    pub(super) fn execute(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<usize, StoreError> {
        match self {
            Self::Sqlite(own) => own.execute(at, sql, values),
            Self::Postgresql(own) => own.execute(at, sql, values),
        }
    }

    /// The same for a statement that has to change so many rows. A server's answer is not waited for, so that the
    /// number is not known: see [`Session::settle`].
    pub(super) fn send(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        rows: usize,
    ) -> Result<Option<usize>, StoreError> {
        match self {
            Self::Sqlite(own) => own.execute(at, sql, values).map(Some),
            Self::Postgresql(own) => own.send(at, sql, values, rows).map(|()| None),
        }
    }

    /// Reads rows of a server that have to pass, and does not wait for them: see [`Session::settle`].
    pub(super) fn look(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        check: Check,
    ) -> Result<(), StoreError> {
        match self {
            // A file answers at once, so nobody has to.
            Self::Sqlite(_) => Err(StoreError::inconsistent(at)),
            Self::Postgresql(own) => own.look(at, sql, values, check),
        }
    }

    /// Fails if one of the statements that were sent failed, or changed another number of rows than it had to.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgresql(own) => own.settle(),
        }
    }

    /// Begins a snapshot with the first statement that follows.
    pub(super) fn begin_to_read(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(own) => own.begin_to_read(),
            Self::Postgresql(own) => own.begin_to_read(),
        }
    }

    /// Begins a transaction that nobody else writes beside. Answers the log's head as it is now, where another process
    /// may have moved it.
    pub(super) fn begin_to_write(&self) -> Result<Option<Head>, StoreError> {
        match self {
            Self::Sqlite(own) => own.begin_to_write().map(|()| None),
            Self::Postgresql(own) => own.begin_to_write(),
        }
    }

    /// The log's head in a snapshot that has begun, where another process may have moved it.
    pub(super) fn head_seen(&self) -> Result<Option<Head>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgresql(own) => own.head_seen(),
        }
    }

    /// The log's head as it is now, outside of a snapshot, where another process may have moved it.
    pub(super) fn head_now(&self) -> Result<Option<Head>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgresql(own) => own.head_now(),
        }
    }

    pub(super) fn commit(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(own) => own.commit(),
            Self::Postgresql(own) => own.commit(),
        }
    }

    pub(super) fn roll_back(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(own) => own.roll_back(),
            Self::Postgresql(own) => own.roll_back(),
        }
    }

    /// Whether no transaction is under way.
    pub(super) fn is_idle(&self) -> bool {
        match self {
            Self::Sqlite(own) => own.is_idle(),
            Self::Postgresql(own) => own.is_idle(),
        }
    }

    /// Reads large values of a table one after the other.
    pub(super) fn large_reader(&self, large: &'static Large) -> LargeReader<'_> {
        match self {
            Self::Sqlite(own) => LargeReader::Sqlite(own.large_reader(large)),
            Self::Postgresql(own) => LargeReader::Postgresql(own.large_reader(large)),
        }
    }

    /// Whether the tables are with a server, to which each statement goes with its values.
    pub(super) fn is_remote(&self) -> bool {
        matches!(self, Self::Postgresql(_))
    }

    /// What a server says the digests of an exhibit's parts are; nothing of a file, in which they are not kept.
    pub(super) fn part_digests(
        &self,
        exhibit: i64,
    ) -> Result<Option<Vec<(PartPlace, PartDigest)>>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgresql(own) => own.part_digests(exhibit).map(Some),
        }
    }

    /// Writes a value over one that is there, if it is as long; says whether it is.
    pub(super) fn overwrite(
        &self,
        large: &Large,
        key: &[ValueRef<'_>],
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(own) => own.overwrite(large, key, sealed),
            Self::Postgresql(own) => own.overwrite(large, key, sealed),
        }
    }

    /// Whether the indexes of a table have its rows, all of them and no others, in their order. A server's indexes
    /// cannot be asked: whoever could change one behind the server's back could make the server say anything.
    pub(super) fn indexes_agree(&self, at: &'static str, table: &str) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(own) => own.indexes_agree(at, table),
            Self::Postgresql(_) => Ok(true),
        }
    }

    /// What asks a server how large the database is; a file is asked otherwise.
    pub(super) fn sql_of_bytes(&self) -> Option<&'static str> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgresql(_) => {
                Some("-- database::bytes\nSELECT pg_database_size(current_database())")
            }
        }
    }

    /// Whether every page is where the structure of the file says. A server looks after its own.
    pub(super) fn check_pages(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(own) => own.check_pages(),
            Self::Postgresql(_) => Ok(()),
        }
    }

    /// A number for the database's content, which changes when somebody else commits.
    pub(super) fn content_number(&self) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(own) => own.content_number(),
            Self::Postgresql(own) => Ok(own.content_number()),
        }
    }

    /// A number for the schema, as this connection's snapshot has it. A server's is compared when a connection is made
    /// and when somebody else wrote.
    pub(super) fn schema_number(&self) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(own) => own.schema_number(),
            Self::Postgresql(_) => Ok(0),
        }
    }

    /// Compares the schema with the program's newest.
    pub(super) fn check_schema(&self) -> Result<(), SchemaFault> {
        match self {
            Self::Sqlite(own) => own.check_schema(),
            Self::Postgresql(own) => own.check_schema(),
        }
    }

    /// Compares the schema with the program's, and applies the steps that are missing.
    pub(super) fn migrate(&self, now: Moment) -> Result<(), SchemaFault> {
        match self {
            Self::Sqlite(own) => own.migrate(now),
            Self::Postgresql(own) => own.migrate(now),
        }
    }

    /// Whether the database has no table at all, so that it is no vault's.
    pub(super) fn is_empty(&self) -> Result<bool, SchemaFault> {
        match self {
            Self::Sqlite(own) => own.is_empty(),
            Self::Postgresql(own) => own.is_empty(),
        }
    }

    /// Writes all of the write-ahead log into the database and cuts it to nothing; false if a reader is in the way. A
    /// server only frees what was overwritten in its tables: its log is its own affair.
    pub(super) fn empty_log(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(own) => own.empty_log(),
            Self::Postgresql(own) => own.vacuum().map(|()| true),
        }
    }

    /// For tests: a statement of SQLite's that damages values, in the engine's words.
    #[cfg(test)]
    pub(super) fn in_own_words(&self, sql: &str) -> String {
        let zeros = |sql: String, size: &str| {
            let ours = format!("zeroblob({size})");
            let theirs = format!("decode(repeat('00', {size}), 'hex')");
            sql.replace(&ours, &theirs)
        };
        match self {
            Self::Sqlite(_) => sql.to_owned(),
            Self::Postgresql(_) => {
                // An x before a quote is one of a value, unless it ends a text, as an id may.
                let mut pieces: Vec<String> = sql.split('\'').map(str::to_owned).collect();
                for at in (1..pieces.len()).step_by(2) {
                    if pieces[at - 1].ends_with('x') {
                        pieces[at - 1].pop();
                        pieces[at].insert_str(0, "\\x");
                    }
                }
                let sql = pieces.join("'").replace("AS BLOB", "AS BYTEA");
                let sizes = ["length(sealed)", "length(tags)", "16", "36"];
                sizes.into_iter().fold(sql, zeros)
            }
        }
    }

    /// For tests that look at rows of a file or damage them.
    #[cfg(test)]
    pub(super) fn sqlite(&self) -> &sqlite::Session {
        match self {
            Self::Sqlite(own) => own,
            Self::Postgresql(_) => panic!("this test is for SQLite"),
        }
    }
}

impl Rows<'_> {
    pub(super) fn next(&mut self, at: &'static str) -> Result<Option<Cells<'_>>, StoreError> {
        Ok(match self {
            Self::Sqlite(own) => own.next(at)?.map(Cells::Sqlite),
            Self::Postgresql(own) => own.next()?.map(Cells::Postgresql),
        })
    }
}

impl<'r> Cells<'r> {
    pub(super) fn get(&self, at: &'static str, no: usize) -> Result<ValueRef<'r>, StoreError> {
        match self {
            Self::Sqlite(own) => own.get(at, no),
            Self::Postgresql(own) => own.get(at, no),
        }
    }
}

impl LargeReader<'_> {
    /// Replaces the content of the buffer; false if there is no such value.
    pub(super) fn read(
        &mut self,
        key: &[ValueRef<'_>],
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(own) => own.read(key, into),
            Self::Postgresql(own) => own.read(key, into),
        }
    }
}
