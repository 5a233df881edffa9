//! A connection to the server, as the store uses it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::connect::Server;
use super::large::{self, LargeReader};
use super::link::{CAREFUL, Expected, Link, Use};
use super::rows::Rows;
use super::{migrations, part_digests, schema};
use crate::domain::Moment;
use crate::vault::store::check::Check;
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::head::Head;
use crate::vault::store::large::Large;
use crate::vault::store::part_list::{PartDigest, PartPlace};
use crate::vault::store::savepoint::{RELEASE, SAVEPOINT, UNDO};
use crate::vault::store::schema::SchemaFault;
use crate::vault::store::value::{Value, ValueRef};

/// How long a commit may take until its caller is told that it failed.
const COMMITTING: Duration = Duration::from_secs(10);

/// How long the lock of the log's head may take: longer than others may have it, and than the server waits for it. So a
/// connection through which nothing comes any more is found by the next act.
const LOCKING: Duration = Duration::from_secs(20);
/// How long the head in a snapshot may take, which waits for nobody.
const SEEING: Duration = Duration::from_secs(10);

/// How long the rooms of deleted rows may take to be given back.
const VACUUMING: Duration = Duration::from_secs(3600);

/// Locks the head of the log. A vault that is being made has none yet.
const LOCK: &str =
    "-- transaction::lock\nSELECT size, note, control FROM checkpoint WHERE one = 1 FOR UPDATE";

/// The head of the log, as a snapshot has it.
const SEEN: &str = "-- snapshot::head\nSELECT size, note, control FROM checkpoint WHERE one = 1";

/// How often a transaction is begun that the server refuses because of others.
const TRIES: u32 = 3;
/// A refusal that came sooner was no time-out.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Whether the tables are the user's own.
const OWNED: &str = "-- postgresql::owned
    SELECT bool_and(pg_has_role(relowner, 'USAGE'))::int FROM pg_class
    WHERE relkind = 'r' AND relnamespace = to_regnamespace(quote_ident(current_schema()))";

/// Whether another connection has the name of this program's. Everybody may see these names.
const CONNECTED: &str = "-- postgresql::others
    SELECT count(*)::int FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'breachvault' AND pid <> pg_backend_pid()";

/// The number of the transaction under way, the lowest one of those that are, and which setting would lose what is
/// committed: somebody may have changed one since the connection was made.
const NUMBERS: &str = "-- transaction::others
    SELECT pg_current_xact_id()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           CASE 'off' WHEN current_setting('synchronous_commit') THEN 1 WHEN current_setting('fsync') THEN 2
                      WHEN current_setting('full_page_writes') THEN 3 ELSE 0 END";

/// One connection.
pub(in crate::vault::store) struct Session {
    link: Link,
    is_idle: Cell<bool>,
    others: Others,
}

/// What is known of other connections that write. The server numbers transactions, and savepoints within them, as soon
/// as they write. If the number of a transaction follows those that the last one here took, and no other one was under
/// way then, nobody else wrote. Other databases of the same server take numbers too, so this may say too often that
/// somebody did, and never too seldom.
#[derive(Default)]
struct Others {
    /// The number of the last transaction here, and how many numbers its savepoints took.
    own: Cell<Option<i64>>,
    savepoints: Cell<i64>,
    /// Whether the savepoint under way, if one is, took a number.
    in_savepoint: Cell<Option<bool>>,
    /// How often somebody else may have written.
    wrote: Cell<i64>,
    /// Whether others were under way when the last transaction began, or it is not known what it took.
    is_unclear: Cell<bool>,
}

impl Others {
    /// A statement that may write was run.
    fn ran(&self, sql: &str, changed: &Result<usize, StoreError>) {
        let wrote = self.in_savepoint.get() == Some(true);
        match (sql, changed) {
            (SAVEPOINT, Ok(_)) => self.in_savepoint.set(Some(false)),
            (UNDO | RELEASE, Ok(_)) => {
                self.savepoints
                    .set(self.savepoints.get() + i64::from(wrote));
                self.in_savepoint.set((sql == UNDO).then_some(false));
            }
            (_, Ok(0)) => {}
            (_, Ok(_)) => self.in_savepoint.set(self.in_savepoint.get().map(|_| true)),
            (_, Err(_)) => self.is_unclear.set(true),
        }
    }

    /// A transaction with this number begins, and `oldest` is the lowest one of those that are under way.
    fn begin(&self, own: i64, oldest: i64) {
        let last = self.own.replace(Some(own));
        let taken = self.savepoints.replace(0);
        let follows = last.is_some_and(|last| own == last + taken + 1);
        if !follows || self.is_unclear.get() {
            self.wrote.set(self.wrote.get() + 1);
        }
        self.in_savepoint.set(None);
        self.is_unclear.set(oldest != own);
    }
}

impl Session {
    /// The connection that writes.
    pub(in crate::vault::store) fn writer(server: &Arc<Server>) -> Result<Self, StoreError> {
        Link::to(Arc::clone(server), Use::Write).map(Self::of)
    }

    /// One that can only read.
    pub(in crate::vault::store) fn reader(server: &Arc<Server>) -> Result<Self, StoreError> {
        Link::to(Arc::clone(server), Use::Read).map(Self::of)
    }

    /// One that can only read, also from a copy that follows.
    pub(in crate::vault::store) fn onlooker(server: &Arc<Server>) -> Result<Self, StoreError> {
        Link::to(Arc::clone(server), Use::Look).map(Self::of)
    }

    fn of(link: Link) -> Self {
        Self {
            link,
            is_idle: Cell::new(true),
            others: Others::default(),
        }
    }

    /// Runs a statement, which is prepared once, and hands its rows to `with`.
    pub(in crate::vault::store) fn query<T>(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        with: impl FnOnce(Rows<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.link.query(name, sql, values, with)
    }

    /// Runs a statement that returns no rows and that is prepared once; answers how many rows it changed. The answers
    /// to the statements of savepoints are not waited for.
    pub(in crate::vault::store) fn execute(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<usize, StoreError> {
        let sent = || {
            let sent = self.link.send(name, sql, values, Expected::Any);
            sent.map(|()| 0)
        };
        let changed = match sql {
            SAVEPOINT => {
                let sent = sent();
                self.link.note_savepoint(true);
                sent
            }
            RELEASE => {
                let settled = self.settle();
                self.link.note_savepoint(false);
                settled.and_then(|()| sent())
            }
            UNDO => {
                self.link.forget_savepoint();
                sent()
            }
            _ => self.link.execute(name, sql, values),
        };
        self.others.ran(sql, &changed);
        changed
    }

    /// Runs a statement that has to change so many rows, and does not wait for the answer: see [`Session::settle`].
    pub(in crate::vault::store) fn send(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        rows: usize,
    ) -> Result<(), StoreError> {
        let sent = self.link.send(name, sql, values, Expected::Changed(rows));
        self.others.ran(sql, &sent.map(|()| rows));
        sent
    }

    /// Reads rows that have to pass, and does not wait for them.
    pub(in crate::vault::store) fn look(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        check: Check,
    ) -> Result<(), StoreError> {
        self.link.send(name, sql, values, Expected::Rows(check))
    }

    /// Fails if something that was sent failed, or changed another number of rows than it had to.
    pub(in crate::vault::store) fn settle(&self) -> Result<(), StoreError> {
        let settled = self.link.settle("transaction::settle");
        if settled.is_err() {
            // It may have taken a number, or not.
            self.others.is_unclear.set(true);
        }
        settled
    }

    /// Begins a snapshot, which the first statement that follows takes. A connection that was lost is made anew, and if
    /// that is noticed only now, the first statement says so.
    pub(in crate::vault::store) fn begin_to_read(&self) -> Result<(), StoreError> {
        let at = "snapshot::begin";
        self.link.renew()?;
        self.link.forgive();
        self.link
            .send_all(at, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        self.is_idle.set(false);
        Ok(())
    }

    /// The head of the log in the snapshot that has begun.
    pub(in crate::vault::store) fn head_seen(&self) -> Result<Option<Head>, StoreError> {
        let at = "snapshot::head";
        self.link.query_within(at, SEEN, &[], SEEING, |mut rows| {
            let cells = rows.next()?.map(|cells| {
                let cell = |no| cells.get(at, no).map(Value::try_from);
                (0..3).map(cell).collect::<Result<Result<Vec<_>, _>, _>>()
            });
            let Some(cells) = cells.transpose()? else {
                return Ok(None);
            };
            let cells = cells.map_err(|_| StoreError::inconsistent(at))?;
            head_of(at, &cells).map(Some)
        })
    }

    /// The head of the log as it is now, for a connection that never begins a snapshot.
    pub(in crate::vault::store) fn head_now(&self) -> Result<Option<Head>, StoreError> {
        self.link.renew()?;
        self.head_seen()
    }

    /// Begins a transaction. Its first statement locks the row of the log's head, so that nobody else goes on from
    /// there; whoever comes later waits, and sees what was committed. Answers what the row says.
    ///
    /// After a commit that nobody knows the end of, whoever has the lock knows it: the row says what was committed.
    pub(in crate::vault::store) fn begin_to_write(&self) -> Result<Option<Head>, StoreError> {
        let mut tries = 1;
        loop {
            let begun_at = Instant::now();
            match self.try_to_write() {
                Err(error)
                    if error.fault == StoreFault::Busy
                        && tries < TRIES
                        && begun_at.elapsed() < AT_ONCE =>
                {
                    tries += 1;
                }
                begun => return begun,
            }
        }
    }

    fn try_to_write(&self) -> Result<Option<Head>, StoreError> {
        let at = "transaction::begin";
        if self.link.renew()? {
            // Who wrote meanwhile is not known.
            self.others.own.set(None);
        }
        // Sent together with what follows.
        self.link
            .send_all(at, "BEGIN ISOLATION LEVEL READ COMMITTED")?;
        self.is_idle.set(false);
        let begun = self.lock(at);
        if let Err(error) = &begun {
            // The first fault is the one to tell of.
            let _ = self.roll_back();
            if error.fault == StoreFault::ReadOnly {
                // Another host may be the one that accepts writes now.
                self.link.lose();
            }
        }
        begun
    }

    /// Takes the lock of the log's head, and finds out whether somebody else wrote since the last transaction that
    /// began here. Both are asked at once; the server looks for others when it has given the lock.
    fn lock(&self, at: &'static str) -> Result<Option<Head>, StoreError> {
        let (found, head) = channel();
        let read = move |rows: &[Vec<Value>]| {
            let head = rows.first().map(|cells| head_of(at, cells)).transpose()?;
            // Whoever asked is there until the transaction has begun.
            let _ = found.send(head);
            Ok(())
        };
        let read = Expected::Rows(Box::new(read));
        self.link.send(at, LOCK, &[], read)?;
        self.notice_others()?;
        self.link.settle(at)?;
        head.try_recv().map_err(|_| StoreError::inconsistent(at))
    }

    /// Whether somebody else wrote since the last transaction that began here. The lock may have to be waited for.
    fn notice_others(&self) -> Result<(), StoreError> {
        let at = "transaction::others";
        let (own, oldest, careless) =
            self.link
                .query_within(at, NUMBERS, &[], LOCKING, |mut rows| {
                    let cells = rows.next()?.ok_or(StoreError::inconsistent(at))?;
                    let number = |no| {
                        let number = cells.get(at, no)?.as_integer();
                        number.map_err(|_| StoreError::inconsistent(at))
                    };
                    Ok((number(0)?, number(1)?, number(2)?))
                })?;
        self.others.begin(own, oldest);
        match usize::try_from(careless) {
            Ok(0) => Ok(()),
            no => {
                let name = no.ok().and_then(|no| CAREFUL.get(no - 1));
                let name = name.ok_or(StoreError::inconsistent(at))?;
                let fault = StoreFault::Careless(name);
                Err(StoreError { at, fault })
            }
        }
    }

    /// Makes what was written durable. If the server does not say so in time, or warns, as when a copy of it may not
    /// have it, then it is not known what became of it. The next transaction, on a connection of its own, gets the
    /// lock only when that is settled, and finds what the server has.
    pub(in crate::vault::store) fn commit(&self) -> Result<(), StoreError> {
        let at = "transaction::commit";
        let before = self.link.warnings();
        match self.link.run_within(at, "COMMIT", COMMITTING) {
            Ok(()) if self.link.warnings() == before => {
                self.is_idle.set(true);
                Ok(())
            }
            Err(error) if error.fault != StoreFault::Unreachable => Err(error),
            Ok(()) | Err(_) => {
                self.is_idle.set(true);
                self.link.lose();
                Err(StoreError {
                    at,
                    fault: StoreFault::Uncertain,
                })
            }
        }
    }

    /// Whoever only read does not wait for the answer.
    pub(in crate::vault::store) fn roll_back(&self) -> Result<(), StoreError> {
        let at = "transaction::roll_back";
        if self.link.only_reads() {
            self.link.send_all(at, "ROLLBACK")?;
        } else {
            self.link.forget();
            self.link.run(at, "ROLLBACK")?;
        }
        self.is_idle.set(true);
        Ok(())
    }

    /// Whether no transaction is under way.
    pub(in crate::vault::store) fn is_idle(&self) -> bool {
        self.is_idle.get() || self.link.is_lost()
    }

    /// Reads large values of a table one after the other.
    pub(in crate::vault::store) fn large_reader(&self, large: &'static Large) -> LargeReader<'_> {
        LargeReader::of(&self.link, large)
    }

    /// What the server says the digests of an exhibit's parts are.
    pub(in crate::vault::store) fn part_digests(
        &self,
        exhibit: i64,
    ) -> Result<Vec<(PartPlace, PartDigest)>, StoreError> {
        part_digests::list(&self.link, exhibit)
    }

    /// Writes a value over one that is there, if it is as long; says whether it is.
    pub(in crate::vault::store) fn overwrite(
        &self,
        large: &Large,
        key: &[ValueRef<'_>],
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        let done = large::overwrite(&self.link, large, key, sealed);
        self.others.ran("", &done.map(usize::from));
        done
    }

    /// How often somebody else may have written, as far as transactions that began here saw.
    pub(in crate::vault::store) fn content_number(&self) -> i64 {
        self.others.wrote.get()
    }

    /// Compares the schema with the program's newest.
    pub(in crate::vault::store) fn check_schema(&self) -> Result<(), SchemaFault> {
        migrations::check_all(&self.link)
    }

    /// Compares the schema with the program's, and applies the steps that are missing.
    pub(in crate::vault::store) fn migrate(&self, now: Moment) -> Result<(), SchemaFault> {
        migrations::apply(&self.link, now)
    }

    /// Whether the database has no table at all, so that it is no vault's.
    pub(in crate::vault::store) fn is_empty(&self) -> Result<bool, SchemaFault> {
        Ok(schema::read(&self.link)?.is_empty())
    }

    /// Gives the room of what was deleted or overwritten back to new rows. What the server keeps of it elsewhere, in
    /// its log and in copies, is its own affair. A user who does not own the tables may not: then the server's own
    /// cleaning does it, for which the tables are set up (`migrations/postgresql/`).
    pub(in crate::vault::store) fn vacuum(&self) -> Result<(), StoreError> {
        let at = "postgresql::vacuum";
        if !self.link.says(at, OWNED)? {
            return Ok(());
        }
        self.link.run(at, "SET statement_timeout = 0")?;
        let done = self.link.run_within(at, "VACUUM", VACUUMING);
        self.link.run(at, "SET statement_timeout = '60s'")?;
        done
    }

    /// Whether this program has another connection to this database.
    pub(in crate::vault::store) fn is_beside_others(&self) -> Result<bool, StoreError> {
        self.link.says("postgresql::others", CONNECTED)
    }

    /// For tests that change a database past the vault.
    #[cfg(test)]
    pub(super) fn link(&self) -> &Link {
        &self.link
    }
}

/// The head of the log, of the cells of its row.
fn head_of(at: &'static str, cells: &[Value]) -> Result<Head, StoreError> {
    let broken = || StoreError::inconsistent(at);
    match cells {
        [
            Value::Integer(size),
            Value::Text(note),
            Value::Blob(control),
        ] => Ok(Head {
            size: u64::try_from(*size).map_err(|_| broken())?,
            note: note.clone(),
            control: control.clone(),
        }),
        _ => Err(broken()),
    }
}
