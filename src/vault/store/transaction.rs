//! Writing: the one connection that writes, and its transactions.

use std::cell::Cell;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, MAIN_DB, Params};

use super::connection;
use super::control::{ControlState, ControlView};
use super::error::{StoreError, at};
use super::migrations;
use super::schema::SchemaFault;
use super::snapshot::{Snapshot, statements};
use crate::domain::Moment;

/// A transaction that has begun. Functions that write rows take this type. It reads as a snapshot
/// does and sees its own changes.
pub(crate) struct Transaction(Snapshot);

/// The one connection that writes; the ledger holds it. Read through it outside a transaction, each
/// statement sees the newest commit.
pub(crate) struct Writer {
    transaction: Transaction,
    /// The database's own number for its content, which changes when another connection commits.
    version: Cell<Option<i64>>,
}

/// A transaction under way. It is rolled back on drop unless it was committed.
pub(crate) struct Begun<'w> {
    transaction: &'w Transaction,
}

impl Writer {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        connection::writer(path).map(Self::of)
    }

    /// In its place where nothing may be written.
    pub(crate) fn looking(path: &Path) -> Result<Self, StoreError> {
        connection::looker(path).map(Self::of)
    }

    fn of(connection: Connection) -> Self {
        Self {
            transaction: Transaction(Snapshot::of(connection)),
            version: Cell::new(None),
        }
    }

    /// From now on control rows are compared with the state, and change it.
    pub(crate) fn watch(&mut self, control: &Arc<ControlState>) {
        let view = ControlView::of_writer(Arc::clone(control));
        self.transaction.0.watch(view);
    }

    /// Compares the schema with the program's, and applies the steps that are missing; see [`migrations`].
    pub(crate) fn migrate(&self, now: Moment) -> Result<(), SchemaFault> {
        migrations::apply(self.connection(), now)
    }

    /// Compares the schema with the program's newest.
    pub(crate) fn check_schema(&self) -> Result<(), SchemaFault> {
        migrations::check_all(self.connection())
    }

    /// Whether the database has no table at all, so that it is no vault's.
    pub(crate) fn is_empty(&self) -> Result<bool, SchemaFault> {
        Ok(migrations::check(self.connection())? == 0)
    }

    /// Begins a transaction and takes the lock for writing.
    pub(crate) fn begin(&self) -> Result<Begun<'_>, StoreError> {
        let begun = self.transaction.control("BEGIN IMMEDIATE");
        begun.map_err(at("transaction::begin"))?;
        let begun = Begun {
            transaction: &self.transaction,
        };
        self.notice_others(&begun)?;
        Ok(begun)
    }

    /// If another connection committed since the last transaction, the schema and all control rows are verified anew.
    /// A difference is noted as damage; acts are refused because of it, and their leaves are written all the same.
    fn notice_others(&self, begun: &Begun<'_>) -> Result<(), StoreError> {
        let version = connection::data_version(begun.connection())?;
        let before = self.version.replace(Some(version));
        let view = begun.view();
        let is_foreign = before.is_some_and(|before| before != version);
        if let Some(view) = view.filter(|_| is_foreign) {
            view.note_foreign_write();
        }
        let verified = begun.check_schema(before != Some(version));
        let verified = verified.and_then(|()| match is_foreign {
            true => begun.verify_control(),
            false => Ok(()),
        });
        match (verified, view) {
            (Err(error), Some(view)) => {
                view.note_damage(error);
                Ok(())
            }
            (verified, _) => verified,
        }
    }

    /// Moves what the write-ahead log holds into the database and empties it, so that no older page is left in it.
    /// Answers whether it could: whoever still reads an older state keeps it from that.
    pub(crate) fn empty_log(&self) -> Result<bool, StoreError> {
        connection::empty_log(self.connection())
    }

    /// For tests that write rows one by one.
    #[cfg(test)]
    pub(crate) fn each_alone(&self) -> &Transaction {
        &self.transaction
    }
}

impl Begun<'_> {
    /// Makes the changes durable and visible to new snapshots.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        let commit = || {
            let committed = self.control("COMMIT");
            committed.map_err(at("transaction::commit"))
        };
        match self.view() {
            Some(view) => view.commit(commit),
            None => commit(),
        }
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.has_ended() {
            // If this fails, the connection refuses the next transaction.
            let _ = self.control("ROLLBACK");
        }
        if let Some(view) = self.view() {
            view.back_to(0);
        }
    }
}

impl Transaction {
    /// Runs `inner` in a savepoint, which is undone if `inner` fails.
    pub(crate) fn in_savepoint<T, E: From<StoreError>>(
        &self,
        inner: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let failed = at("transaction::in_savepoint");
        self.control("SAVEPOINT act").map_err(&failed)?;
        let mark = self.view().map_or(0, ControlView::mark);
        let ended = inner();
        let undone = match &ended {
            Ok(_) => Ok(()),
            Err(_) => {
                if let Some(view) = self.view() {
                    view.back_to(mark);
                }
                self.control("ROLLBACK TO act")
            }
        };
        match undone.and_then(|()| self.control("RELEASE act")) {
            Ok(()) => ended,
            Err(error) => ended.and(Err(failed(error).into())),
        }
    }

    /// Writes a value over the column `sealed` of a row, in the pages where it is, if it is as long; says whether. To
    /// replace it would free all its pages, overwrite them with zeros, and write as many others.
    pub(super) fn overwrite(
        &self,
        table: &'static str,
        row: i64,
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        let failed = at("blob::overwrite");
        statements::note(table);
        let opened = self
            .connection()
            .blob_open(MAIN_DB, table, "sealed", row, false);
        let mut blob = opened.map_err(&failed)?;
        let as_long = blob.len() == sealed.len();
        if as_long {
            blob.write_all_at(sealed, 0).map_err(&failed)?;
        }
        Ok(as_long)
    }

    /// Whether the database has ended the transaction by itself, as it does on a full disk.
    pub(crate) fn has_ended(&self) -> bool {
        self.connection().is_autocommit()
    }

    pub(super) fn execute(&self, sql: &str, values: impl Params) -> rusqlite::Result<usize> {
        statements::note(sql);
        self.connection().execute(sql, values)
    }
}

impl Deref for Writer {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.transaction
    }
}

impl Deref for Begun<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        self.transaction
    }
}

impl Deref for Transaction {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::meta_rows;
    use super::*;

    impl Transaction {
        /// For tests of row files: an empty database, each statement committed by itself.
        pub(in crate::vault::store) fn in_memory() -> Self {
            let connection = rusqlite::Connection::open_in_memory().unwrap();
            Self(Snapshot::of(connection))
        }
    }

    fn open(directory: &tempfile::TempDir) -> Writer {
        let writer = Writer::open(&directory.path().join("vault.db")).unwrap();
        writer.migrate(Moment::from_seconds(0)).unwrap();
        writer
    }

    #[test]
    fn what_is_not_committed_is_rolled_back() {
        let directory = tempfile::tempdir().unwrap();
        let writer = open(&directory);
        let transaction = writer.begin().unwrap();
        meta_rows::insert(&transaction, "a", "1").unwrap();
        assert_eq!(meta_rows::find(&transaction, "a").unwrap().unwrap(), "1");
        drop(transaction);
        assert_eq!(meta_rows::find(&writer, "a"), Ok(None));
        let transaction = writer.begin().unwrap();
        meta_rows::insert(&transaction, "a", "2").unwrap();
        transaction.commit().unwrap();
        assert_eq!(meta_rows::find(&writer, "a").unwrap().unwrap(), "2");
    }

    #[test]
    fn a_savepoint_that_fails_undoes_its_own_rows_only() {
        let directory = tempfile::tempdir().unwrap();
        let writer = open(&directory);
        let transaction = writer.begin().unwrap();
        let put = |key| transaction.in_savepoint(|| meta_rows::insert(&transaction, key, ""));
        put("a").unwrap();
        let failed: Result<(), StoreError> = transaction.in_savepoint(|| {
            meta_rows::insert(&transaction, "b", "")?;
            Err(StoreError::inconsistent("test"))
        });
        assert_eq!(failed, Err(StoreError::inconsistent("test")));
        put("c").unwrap();
        transaction.commit().unwrap();
        let found = ["a", "b", "c"].map(|key| meta_rows::find(&writer, key).unwrap().is_some());
        assert_eq!(found, [true, false, true]);
    }

    #[test]
    fn a_transaction_that_the_database_ended_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let writer = open(&directory);
        let transaction = writer.begin().unwrap();
        let ended: Result<(), StoreError> = transaction.in_savepoint(|| {
            transaction.raw().execute_batch("ROLLBACK").unwrap();
            Ok(())
        });
        assert!(ended.is_err() && transaction.has_ended());
        drop(transaction);
        drop(writer.begin().unwrap());
    }
}
