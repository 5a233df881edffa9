//! Errors of the database; they never hold a value.

use super::value::Misread;

/// A failed step: `at` names the statement as `table::verb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the database failed at {at}: {fault}")]
pub struct StoreError {
    /// The statement, as `table::verb`.
    pub at: &'static str,
    /// What went wrong.
    pub fault: StoreFault,
}

/// What went wrong in the database, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The disk or the file system reports an error.
    #[error("the disk reports an error")]
    Disk,
    /// The file, or one beside it, cannot be opened.
    #[error("the file cannot be opened; check its path, who owns it and its mode")]
    CannotOpen,
    /// The file is not a database, or its structure is broken.
    #[error("the file is damaged or not a vault's database")]
    Damaged,
    /// Another process holds the database's lock.
    #[error("it is in use by another process")]
    Busy,
    /// What was read before is not what the server has now.
    #[error("it was changed meanwhile; ask again")]
    Moved,
    /// A constraint of the schema was violated.
    #[error("a rule of the schema was broken")]
    Constraint,
    /// A stored value has a wrong type, range or form.
    #[error("a row has an invalid value")]
    Inconsistent,
    /// A statement that must change one row changed this many.
    #[error("{0} rows were changed instead of one")]
    RowCount(usize),
    /// Somebody other than the vault wrote a control row.
    #[error("its rows are not what the vault wrote")]
    Tampered,
    /// The database has a migration that this program does not know.
    #[error("the schema is newer than this program knows")]
    SchemaNewer,
    /// The schema, or the text of an applied migration, is not what this program made.
    #[error("the schema was altered")]
    SchemaAltered,
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// The file exists already.
    #[error("it already exists")]
    Exists,
    /// The folder cannot be written, and the write-ahead log holds commits that are not in the database file.
    #[error(
        "its folder cannot be written, and vault.db-wal holds what is not yet in vault.db: copy data/ and keys/ to a \
         disk that can be written"
    )]
    Unmerged,
    /// Whoever asked for a copy no longer wants it.
    #[error("it was stopped")]
    Stopped,
    /// The database server does not answer.
    #[error("the database server cannot be reached")]
    Unreachable,
    /// The database server does not let the vault in, or does not let it do this.
    #[error("the database server does not allow it; check user, password and rights")]
    Unauthorised,
    /// The database server's certificate is not one that is trusted, or it does not encrypt.
    #[error("the database server shows no certificate that is trusted, or does not encrypt")]
    Untrusted,
    /// The database server asks for the password in a way that tells it.
    #[error(
        "the database server asks for the password in the clear or as MD5; it has to ask by scram-sha-256"
    )]
    AsksOpenly,
    /// The database server may lose what it says is committed.
    #[error("the database server has `{0} = off`, and could lose what it says is committed")]
    Careless(&'static str),
    /// The database server only reads.
    #[error("the database server accepts no writes now")]
    ReadOnly,
    /// A commit was asked for, and its answer did not come, or was a warning.
    #[error("the database server did not say that the commit is durable")]
    Uncertain,
    /// Another node changed the keyring, and this one has not got the change.
    #[error("the keyring of this node is not the one that the log was written with")]
    OtherKeyring,
    /// This process is no node of the vault any more.
    #[error("this node was struck off, or another process was started as the same node")]
    NotANode,
    /// The database server has no database of this name.
    #[error("the database server has no database of this name")]
    NoDatabase,
    /// Any other error of the database.
    #[error("the database reports another error")]
    Other,
}

impl StoreError {
    /// Whether the file itself is not what the vault wrote, as when somebody put another in its place. Trying again
    /// does not help.
    pub(crate) fn is_broken_file(&self) -> bool {
        matches!(self.fault, StoreFault::Damaged | StoreFault::Inconsistent)
    }

    /// Whether a server did not answer, or not now. That says nothing of what it keeps.
    pub(crate) fn is_of_server(&self) -> bool {
        matches!(
            self.fault,
            StoreFault::Unreachable
                | StoreFault::Busy
                | StoreFault::Moved
                | StoreFault::Uncertain
                | StoreFault::ReadOnly
                | StoreFault::Careless(_)
        )
    }

    pub(crate) fn inconsistent(at: &'static str) -> Self {
        Self {
            at,
            fault: StoreFault::Inconsistent,
        }
    }
}

/// Names the statement that read a value which is not what it should be.
pub(super) fn at(at: &'static str) -> impl Fn(Misread) -> StoreError {
    move |Misread| StoreError::inconsistent(at)
}

/// Checks that exactly one row was changed.
pub(super) fn one(at: &'static str, changed: usize) -> Result<(), StoreError> {
    so_many(at, 1, changed)
}

/// Checks that as many rows were changed as had to be.
pub(super) fn so_many(at: &'static str, due: usize, changed: usize) -> Result<(), StoreError> {
    if changed == due {
        Ok(())
    } else {
        Err(StoreError {
            at,
            fault: StoreFault::RowCount(changed),
        })
    }
}

/// Returns a parsed value, or an error that names the statement that read a malformed one.
pub(super) fn sound<T, E>(at: &'static str, parsed: Result<T, E>) -> Result<T, StoreError> {
    parsed.map_err(|_| StoreError::inconsistent(at))
}
