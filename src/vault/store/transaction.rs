//! Writing: the one connection that writes, and its transactions.

use std::cell::Cell;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::at_hand::AtHand;
use super::control::{ControlState, ControlView};
use super::engine::{Database, Session};
use super::error::{StoreError, one, so_many};
use super::head::Head;
use super::large::Large;
use super::savepoint::{RELEASE, SAVEPOINT, UNDO};
use super::schema::SchemaFault;
use super::snapshot::{Access, Snapshot, statements};
use super::value::ValueRef;
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
    /// When the schema was compared last.
    compared: Cell<Option<Instant>>,
    /// Whether another connection committed since all control rows were compared.
    is_behind: Cell<bool>,
}

/// The schema is not compared again for so long, if it was another process of the vault that wrote.
const COMPARED: Duration = Duration::from_secs(1);

/// A transaction under way. It is rolled back on drop unless it was committed.
pub(crate) struct Begun<'w> {
    transaction: &'w Transaction,
    head: Option<Head>,
}

impl Writer {
    pub(crate) fn open(database: impl Into<Database>) -> Result<Self, StoreError> {
        Session::writer(&database.into()).map(Self::of)
    }

    /// In its place where nothing may be written.
    pub(crate) fn looking(database: impl Into<Database>) -> Result<Self, StoreError> {
        Session::looker(&database.into()).map(Self::of)
    }

    fn of(session: Session) -> Self {
        Self {
            transaction: Transaction(Snapshot::of(session)),
            version: Cell::new(None),
            compared: Cell::new(None),
            is_behind: Cell::new(false),
        }
    }

    /// From now on control rows are compared with the state, and change it.
    pub(crate) fn watch(&mut self, control: &Arc<ControlState>) {
        let view = ControlView::of_writer(Arc::clone(control));
        self.transaction.0.watch(view);
    }

    /// From now on what it reads of a server's tables is kept at hand.
    pub(crate) fn keep(&mut self, at_hand: &Arc<AtHand>) {
        self.transaction.0.keep(at_hand);
    }

    /// Compares the schema with the program's, and applies the steps that are missing.
    pub(crate) fn migrate(&self, now: Moment) -> Result<(), SchemaFault> {
        self.session().migrate(now)
    }

    /// Compares the schema with the program's newest.
    pub(crate) fn check_schema(&self) -> Result<(), SchemaFault> {
        self.session().check_schema()
    }

    /// Whether the database has no table at all, so that it is no vault's.
    pub(crate) fn is_empty(&self) -> Result<bool, SchemaFault> {
        self.session().is_empty()
    }

    /// Begins a transaction and takes the lock for writing.
    pub(crate) fn begin(&self) -> Result<Begun<'_>, StoreError> {
        let begun = self.lock()?;
        self.notice_others(&begun, false)?;
        Ok(begun)
    }

    /// The same for whoever then looks where the log's head is, and calls [`Self::notice_others`].
    pub(crate) fn lock(&self) -> Result<Begun<'_>, StoreError> {
        self.note_age();
        let head = self.session().begin_to_write()?;
        Ok(Begun {
            transaction: &self.transaction,
            head,
        })
    }

    /// Where several processes write, keeps all of them from it until [`Self::let_go`], or reads one state until then:
    /// what is read at a start is of one moment. A writer that is dropped lets go.
    pub(crate) fn hold(&self, access: Access) -> Result<(), StoreError> {
        match (self.session(), access) {
            (Session::Sqlite(_), _) => Ok(()),
            (session, Access::Work) => session.begin_to_write().map(drop),
            (session, Access::Look) => session.begin_to_read(),
        }
    }

    pub(crate) fn let_go(&self) -> Result<(), StoreError> {
        match self.session() {
            Session::Sqlite(_) => Ok(()),
            session => session.roll_back(),
        }
    }

    /// If another connection committed since the last transaction, the schema and all control rows are verified anew;
    /// where other nodes of the vault write all the time, once a second. A difference is noted as damage; acts are
    /// refused because of it, and their leaves are written all the same. `gone_on`: it was a node that committed.
    pub(crate) fn notice_others(&self, begun: &Begun<'_>, gone_on: bool) -> Result<(), StoreError> {
        let version = begun.session().content_number()?;
        let before = self.version.replace(Some(version));
        let view = begun.view();
        let is_foreign = before.is_some_and(|before| before != version);
        if let Some(view) = view.filter(|_| is_foreign) {
            view.note_foreign_write();
        }
        let last = self.compared.get();
        let lately = gone_on && last.is_some_and(|last| last.elapsed() < COMPARED);
        let anew = before != Some(version) && !lately;
        if anew {
            self.compared.set(Some(Instant::now()));
        }
        let is_behind = self.is_behind.get() || is_foreign;
        let can_wait = view.is_some_and(ControlView::was_just_compared);
        self.is_behind.set(is_behind && can_wait);
        let verified = begun.check_schema(anew);
        let verified = verified.and_then(|()| match is_behind && !can_wait {
            true => begun.verify_control(),
            false => Ok(()),
        });
        match (verified, view) {
            // Nothing was found, because the server went away meanwhile: the next transaction looks again.
            (Err(error), _) if error.is_of_server() => {
                self.version.set(before);
                self.compared.set(last);
                Err(error)
            }
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
        self.session().empty_log()
    }

    /// For tests that write rows one by one.
    #[cfg(test)]
    pub(crate) fn each_alone(&self) -> &Transaction {
        &self.transaction
    }
}

impl Begun<'_> {
    /// The log's head, where another process may have moved it.
    pub(crate) fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// Makes the changes durable and visible to new snapshots.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        self.write_put_off()?;
        self.session().settle()?;
        let commit = || self.session().commit();
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
            let _ = self.session().roll_back();
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
        let control = |sql| self.session().execute(IN_SAVEPOINT, sql, &[]);
        self.write_put_off()?;
        control(SAVEPOINT)?;
        let mark = self.view().map_or(0, ControlView::mark);
        let ended = inner().and_then(|done| {
            let written = self.write_put_off();
            let settled = written.and_then(|()| self.session().settle());
            settled.map(|()| done).map_err(E::from)
        });
        let undone = match &ended {
            Ok(_) => Ok(0),
            Err(_) => {
                if let Some(view) = self.view() {
                    view.back_to(mark);
                }
                control(UNDO)
            }
        };
        match undone.and_then(|_| control(RELEASE)) {
            Ok(_) => ended,
            Err(error) => ended.and(Err(error.into())),
        }
    }

    /// Writes a value of the same length over one that is there; says whether it is as long, and writes nothing if not.
    pub(super) fn overwrite(
        &self,
        large: &Large,
        key: &[ValueRef<'_>],
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        self.write_put_off()?;
        statements::note(large.table);
        self.session().overwrite(large, key, sealed)
    }

    /// Whether the database has ended the transaction by itself, as it does on a full disk.
    pub(crate) fn has_ended(&self) -> bool {
        self.session().is_idle()
    }

    /// Runs a statement that returns no rows, and answers how many rows it changed; `at` names it in errors.
    pub(super) fn execute(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<usize, StoreError> {
        self.write_put_off()?;
        statements::note(sql);
        self.session().execute(at, sql, values)
    }

    /// Runs a statement that has to change one row; how many it changed is known now or, at the latest, when the
    /// savepoint or the transaction ends, which fails if it was not one. Statements that follow see what it did.
    pub(super) fn send(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<Option<usize>, StoreError> {
        self.send_rows(at, sql, values, 1)
    }

    fn send_rows(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        rows: usize,
    ) -> Result<Option<usize>, StoreError> {
        self.write_put_off()?;
        statements::note(sql);
        self.session().send(at, sql, values, rows)
    }

    /// The same for whoever need not know.
    pub(super) fn execute_one(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<(), StoreError> {
        let changed = self.send(at, sql, values)?;
        changed.map_or(Ok(()), |changed| one(at, changed))
    }

    /// Adds rows; `into` is the statement up to its values. A server gets as many of them with one statement as there
    /// are, in powers of two, so that few statements have to be prepared.
    pub(super) fn insert_all<const CELLS: usize>(
        &self,
        at: &'static str,
        into: &str,
        mut rows: &[[ValueRef<'_>; CELLS]],
    ) -> Result<(), StoreError> {
        let most = match self.is_remote() {
            true => TOGETHER,
            false => 1,
        };
        while let Some(bits) = rows.len().checked_ilog2() {
            let (now, rest) = rows.split_at(most.min(1 << bits));
            let sql = format!("{into} VALUES {}", places_of(now.len(), CELLS));
            let changed = self.send_rows(at, &sql, now.as_flattened(), now.len())?;
            changed.map_or(Ok(()), |changed| so_many(at, now.len(), changed))?;
            rows = rest;
        }
        Ok(())
    }
}

/// A server gets at most so many rows with one statement.
const TOGETHER: usize = 64;

/// The places of so many rows with so many cells each: `(?1, ?2), (?3, ?4)`.
pub(super) fn places_of(rows: usize, cells: usize) -> String {
    let row = |no: usize| {
        let all = (1..=cells).map(|cell| format!("?{}", no * cells + cell));
        format!("({})", all.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// The name of a savepoint's statements in errors.
const IN_SAVEPOINT: &str = "transaction::in_savepoint";

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
    use super::super::{meta_rows, sqlite};
    use super::*;

    impl Transaction {
        /// For tests of row files: a database without rows, each statement committed by itself.
        pub(in crate::vault::store) fn in_memory() -> Self {
            let session = Session::Sqlite(sqlite::Session::in_memory());
            session.migrate(Moment::from_seconds(0)).unwrap();
            Self(Snapshot::of(session))
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
