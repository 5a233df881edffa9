//! Reading: one consistent view of the database, and the pool that hands views out.
//!
//! The row files of this folder run their statements through a [`Snapshot`]; nothing outside can.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::at_hand::AtHand;
use super::control::{ControlState, ControlView};
use super::engine::{Database, Session};
use super::error::StoreError;
use super::row::{Row, Rows};
use super::schema::SchemaFault;
#[cfg(test)]
use super::sqlite;
use super::value::ValueRef;

/// What a vault's connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Somebody works with the vault.
    Work,
    /// Somebody looks whether it is sound: not a byte of it changes.
    Look,
}

/// One consistent view of the database. Functions that only read rows take this type.
pub(crate) struct Snapshot {
    session: Session,
    /// What control rows are compared with; an onlooker without keys has nothing.
    control: Option<ControlView>,
    /// The number of the schema that was compared with the program's.
    schema: Cell<Option<i64>>,
    /// What this process keeps of a server's tables.
    at_hand: Option<Arc<AtHand>>,
}

impl Snapshot {
    pub(super) fn of(session: Session) -> Self {
        Self {
            session,
            control: None,
            schema: Cell::new(None),
            at_hand: None,
        }
    }

    /// Compares the schema that this connection works with and the program's, if the file has another number for it
    /// than at the last comparison, or if `anew`. A difference is noted as damage. A snapshot must have begun.
    pub(super) fn check_schema(&self, anew: bool) -> Result<(), StoreError> {
        let version = self.session.schema_number()?;
        if !anew && self.schema.get() == Some(version) {
            return Ok(());
        }
        self.schema.set(None);
        match (self.session.check_schema(), &self.control) {
            (Ok(()), _) => {
                self.schema.set(Some(version));
                Ok(())
            }
            (Err(SchemaFault::Store(error)), _) => Err(error),
            (Err(fault), Some(view)) => {
                let said = fault.to_string();
                Err(view.note_schema(&said, fault.into()))
            }
            (Err(fault), None) => Err(fault.into()),
        }
    }

    /// From now on control rows are compared with the state.
    pub(super) fn watch(&mut self, view: ControlView) {
        self.control = Some(view);
    }

    pub(super) fn view(&self) -> Option<&ControlView> {
        self.control.as_ref()
    }

    /// How many foreign writes were known when this view began; see [`ControlState`].
    pub(crate) fn foreign_writes(&self) -> u64 {
        self.control.as_ref().map_or(0, ControlView::foreign_writes)
    }

    /// A view for a process outside the vault, which may read while the vault is served. It never
    /// writes. The schema must be the program's; see [`migrations`].
    pub(crate) fn of_onlooker(database: impl Into<Database>) -> Result<Self, SchemaFault> {
        Self::looked_at(Session::onlooker(&database.into())?)
    }

    /// A view of a file that nobody changes meanwhile, such as a backup.
    pub(crate) fn of_copy(path: &Path) -> Result<Self, SchemaFault> {
        Self::looked_at(Session::at_rest(path)?)
    }

    fn looked_at(session: Session) -> Result<Self, SchemaFault> {
        session.check_schema()?;
        Ok(Self::of(session))
    }

    /// Whether every page is where the structure of the file says, and every index has its rows.
    pub(crate) fn check_pages(&self) -> Result<(), StoreError> {
        self.session.check_pages()
    }

    /// How large the database is with a server; none if it is a file.
    pub(crate) fn bytes_of_server(&self) -> Result<Option<u64>, StoreError> {
        let Some(sql) = self.session.sql_of_bytes() else {
            return Ok(None);
        };
        self.one("database::bytes", sql, &[], |row| row.get(0))
            .map(Some)
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Whether the tables are with a server, to which each statement goes with its values.
    pub(crate) fn is_remote(&self) -> bool {
        self.session.is_remote()
    }

    /// From now on what this connection reads of a server's tables is kept at hand.
    pub(super) fn keep(&mut self, at_hand: &Arc<AtHand>) {
        self.at_hand = Some(Arc::clone(at_hand));
    }

    /// What this process keeps of a server's tables; nothing if a file has them.
    pub(crate) fn at_hand(&self) -> Option<&Arc<AtHand>> {
        self.at_hand.as_ref()
    }

    /// Runs a statement and hands its rows to `with`; `at` names it in errors.
    pub(super) fn query<T>(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        with: impl FnOnce(Rows<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        statements::note(sql);
        self.session
            .query(at, sql, values, |rows| with(Rows::of(at, rows)))
    }

    /// Hands each row to `with`.
    pub(super) fn each(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        mut with: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.query(at, sql, values, |mut rows| {
            while let Some(row) = rows.next()? {
                with(&row)?;
            }
            Ok(())
        })
    }

    /// What `read` makes of each row.
    pub(super) fn all<T>(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.each(at, sql, values, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// What `read` makes of the first row; `None` if there is none.
    pub(super) fn first<T>(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.query(at, sql, values, |mut rows| match rows.next()? {
            Some(row) => read(&row).map(Some),
            None => Ok(None),
        })
    }

    /// What `read` makes of the one row that there must be.
    pub(super) fn one<T>(
        &self,
        at: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let found = self.first(at, sql, values, read)?;
        found.ok_or(StoreError::inconsistent(at))
    }

    /// For tests that change rows past the vault; answers how many.
    #[cfg(test)]
    pub(crate) fn change(&self, sql: &str) -> usize {
        let sql = self.session.in_own_words(sql);
        self.session.execute("test::change", &sql, &[]).unwrap()
    }

    /// For tests that count rows past the vault.
    #[cfg(test)]
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.one("test::number", sql, &[], |row| row.get(0))
            .unwrap()
    }

    /// For tests that sum up a column past the vault.
    #[cfg(test)]
    pub(crate) fn sum(&self, sql: &str) -> f64 {
        self.one("test::sum", sql, &[], |row| row.get(0)).unwrap()
    }

    /// For tests that read a value past the vault.
    #[cfg(test)]
    pub(crate) fn bytes(&self, sql: &str) -> Vec<u8> {
        self.one("test::bytes", sql, &[], |row| row.get(0)).unwrap()
    }

    /// For tests that look at rows of SQLite's file or damage them.
    #[cfg(test)]
    pub(crate) fn raw(&self) -> &sqlite::Raw {
        self.session.sqlite().raw()
    }
}

/// What runs on a thread, for tests that compare it.
pub(super) mod statements {
    #[cfg(test)]
    use std::cell::RefCell;

    #[cfg(test)]
    thread_local! {
        static RUN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    pub(in crate::vault::store) fn note(_sql: &str) {
        #[cfg(test)]
        RUN.with_borrow_mut(|run| run.push(_sql.to_owned()));
    }

    /// What ran on this thread since the last call.
    #[cfg(test)]
    pub(crate) fn take() -> Vec<String> {
        RUN.take()
    }
}

/// A fixed number of connections that can only read; if none is free, the caller waits.
pub(crate) struct Readers {
    idle: Mutex<Vec<Snapshot>>,
    back: Condvar,
    at_hand: Option<Arc<AtHand>>,
}

/// A borrowed connection with a snapshot. On drop the snapshot ends and the connection is returned.
pub(crate) struct Reader<'p> {
    pool: &'p Readers,
    snapshot: Option<Snapshot>,
}

impl Readers {
    pub(crate) fn open(
        database: impl Into<Database>,
        count: usize,
        control: &Arc<ControlState>,
        access: Access,
    ) -> Result<Self, StoreError> {
        let database = database.into();
        let reader = |_| {
            let mut snapshot = Snapshot::of(match access {
                Access::Work => Session::reader(&database)?,
                Access::Look => Session::looker(&database)?,
            });
            snapshot.watch(ControlView::of_reader(Arc::clone(control)));
            Ok(snapshot)
        };
        let idle = (0..count).map(reader).collect::<Result<_, StoreError>>()?;
        Ok(Self {
            idle: Mutex::new(idle),
            back: Condvar::new(),
            at_hand: None,
        })
    }

    /// From now on these readers keep at hand what they read of a server's tables.
    pub(crate) fn keeping(mut self, at_hand: &Arc<AtHand>) -> Self {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        idle.iter_mut().for_each(|snapshot| snapshot.keep(at_hand));
        self.at_hand = Some(Arc::clone(at_hand));
        self
    }

    /// What they keep of a server's tables.
    pub(crate) fn at_hand(&self) -> Option<&AtHand> {
        self.at_hand.as_deref()
    }

    /// Borrows a connection and begins a snapshot on it. If somebody changed the schema meanwhile, there is none.
    pub(crate) fn snapshot(&self) -> Result<Reader<'_>, StoreError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = loop {
            match idle.pop() {
                Some(snapshot) => break snapshot,
                None => idle = self.back.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(idle);
        // Before the snapshot begins, so that it is not older than what it is compared with.
        if let Some(view) = snapshot.view() {
            view.begin();
        }
        let reader = Reader {
            pool: self,
            snapshot: Some(snapshot),
        };
        let connection = reader.connection()?;
        let begun = connection.session.begin_to_read();
        let begun = begun.and_then(|()| connection.check_schema(false));
        if let Err(error) = begun {
            let view = connection.view();
            return Err(view.map_or(error, |view| view.note_failure(error)));
        }
        Ok(reader)
    }
}

impl Reader<'_> {
    pub(crate) fn connection(&self) -> Result<&Snapshot, StoreError> {
        self.snapshot
            .as_ref()
            .ok_or(StoreError::inconsistent("snapshot::reader"))
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(snapshot) = self.snapshot.take() {
            if let Some(view) = snapshot.view() {
                view.end();
            }
            // A connection whose snapshot cannot be ended is closed, because it would keep the
            // snapshot forever.
            let session = &snapshot.session;
            if !session.is_idle() {
                let _ = session.roll_back();
            }
            if session.is_idle() {
                self.pool
                    .idle
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(snapshot);
                self.pool.back.notify_one();
            }
        }
    }
}
