//! Reading: one consistent view of the database, and the pool that hands views out.
//!
//! The row files of this folder run their statements through a [`Snapshot`]; nothing outside can.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use super::at_hand::AtHand;
use super::control::{ControlState, ControlView};
use super::engine::{Database, Session};
use super::error::{StoreError, StoreFault};
use super::head::Head;
use super::head_look::{HeadLook, Look};
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
    /// How often something of that was forgotten when this view began.
    age: Cell<u64>,
    /// How many leaves the log has in this view, where several processes write it.
    leaves: Cell<Option<u64>>,
    /// The view is in memory until something is asked of the server: see [`Readers::in_memory`].
    is_late: Cell<bool>,
    go_on: Arc<OnceLock<GoOn>>,
}

impl Snapshot {
    pub(super) fn of(session: Session) -> Self {
        Self {
            session,
            control: None,
            schema: Cell::new(None),
            at_hand: None,
            age: Cell::new(0),
            leaves: Cell::new(None),
            is_late: Cell::new(false),
            go_on: Arc::default(),
        }
    }

    /// Begins the view. Answers whether the log's head in it is known.
    fn begin(&self) -> Result<bool, StoreError> {
        // Before the snapshot begins, so that it is not older than what it is compared with.
        if let Some(view) = self.view() {
            view.begin();
        }
        self.note_age();
        self.session.begin_to_read()?;
        self.check_schema(false)?;
        let head = self.session.head_seen()?;
        let is_known = head.as_ref().is_none_or(|head| self.knows(head));
        self.leaves.set(head.map(|head| head.size));
        Ok(is_known)
    }

    /// The same, of a head that is known: what another process did is verified before.
    fn begin_to_know(&self) -> Result<(), StoreError> {
        if self.begin()? {
            return Ok(());
        }
        let unknown = StoreError {
            at: "snapshot::head",
            fault: StoreFault::Busy,
        };
        let go_on = self.go_on.get().ok_or(unknown)?;
        for _ in 0..TRIES {
            self.session.roll_back()?;
            let mut is_known = false;
            go_on(&mut || {
                self.end_view();
                is_known = self.begin()?;
                Ok(())
            })?;
            if is_known {
                return Ok(());
            }
        }
        // Whoever has the lock did not wait for so long.
        Err(unknown)
    }

    fn knows(&self, head: &Head) -> bool {
        self.view().is_none_or(|view| view.knows(&head.control))
    }

    fn end_view(&self) {
        if let Some(view) = self.view() {
            view.end();
        }
    }

    /// Begins a view that is in memory only, because something is asked that is not in memory. Fails with `Moved` if
    /// cases, exhibits or erasures are others in it, on which what was read until now may rest; the view has begun all
    /// the same.
    pub(super) fn begin_if_late(&self) -> Result<(), StoreError> {
        if !self.is_late.replace(false) {
            return Ok(());
        }
        let before = self.ground()?;
        self.end_view();
        let begun = self.begin_to_know();
        begun.map_err(|error| self.view().map_or(error, |view| view.note_failure(error)))?;
        match before.is_some() && before == self.ground()? {
            true => Ok(()),
            false => Err(StoreError {
                at: "snapshot::late",
                fault: StoreFault::Moved,
            }),
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

    /// Before a view begins: notes what was forgotten by then.
    pub(super) fn note_age(&self) {
        if let Some(at_hand) = &self.at_hand {
            self.age.set(at_hand.age());
        }
    }

    /// How often something of what is kept was forgotten when this view began.
    pub(crate) fn age(&self) -> u64 {
        self.age.get()
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
        self.begin_if_late()?;
        self.write_put_off()?;
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

/// Makes the control state that of the log's head, which another process moved, and calls what it is given while nobody
/// moves it further.
pub(crate) type GoOn = Box<dyn Fn(&mut Begin<'_>) -> Result<(), StoreError> + Send + Sync>;

/// Begins a snapshot.
type Begin<'b> = dyn FnMut() -> Result<(), StoreError> + 'b;

/// A fixed number of connections that can only read; if none is free, the caller waits.
pub(crate) struct Readers {
    idle: Mutex<Vec<Snapshot>>,
    back: Condvar,
    go_on: Arc<OnceLock<GoOn>>,
    at_hand: Option<Arc<AtHand>>,
    heads: Option<HeadLook>,
    database: Database,
}

/// How often a snapshot is taken while the log's head is held.
const TRIES: u32 = 5;

/// A borrowed connection with a snapshot. On drop the snapshot ends and the connection is returned.
pub(crate) struct Reader<'p> {
    pool: &'p Readers,
    snapshot: Option<Snapshot>,
}

impl Readers {
    /// For tests that have a state already.
    #[cfg(test)]
    pub(crate) fn open(
        database: impl Into<Database>,
        count: usize,
        control: &Arc<ControlState>,
        access: Access,
    ) -> Result<Self, StoreError> {
        let readers = Self::connect(database, count, access)?;
        readers.watch(control);
        Ok(readers)
    }

    /// So many connections. They have no state yet to compare control rows with.
    pub(crate) fn connect(
        database: impl Into<Database>,
        count: usize,
        access: Access,
    ) -> Result<Self, StoreError> {
        let database = database.into();
        let go_on: Arc<OnceLock<GoOn>> = Arc::default();
        let reader = |_| {
            let mut snapshot = Snapshot::of(match access {
                Access::Work => Session::reader(&database)?,
                Access::Look => Session::looker(&database)?,
            });
            snapshot.go_on = Arc::clone(&go_on);
            Ok(snapshot)
        };
        let idle = (0..count).map(reader).collect::<Result<_, StoreError>>()?;
        Ok(Self {
            idle: Mutex::new(idle),
            back: Condvar::new(),
            go_on,
            at_hand: None,
            heads: None,
            database,
        })
    }

    /// From now on control rows are compared with the state. Before anybody borrows a connection.
    pub(crate) fn watch(&self, control: &Arc<ControlState>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        for snapshot in idle.iter_mut() {
            snapshot.watch(ControlView::of_reader(Arc::clone(control)));
        }
    }

    /// What goes on from where another process left the log, once there is something that can.
    pub(crate) fn go_on_with(&self, go_on: GoOn) {
        // There is one ledger.
        let _ = self.go_on.set(go_on);
    }

    /// From now on these readers keep at hand what they read of a server's tables.
    pub(crate) fn keeping(mut self, at_hand: &Arc<AtHand>) -> Result<Self, StoreError> {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        idle.iter_mut().for_each(|snapshot| snapshot.keep(at_hand));
        self.at_hand = Some(Arc::clone(at_hand));
        self.heads = Some(HeadLook::at(&self.database)?);
        Ok(self)
    }

    /// Frees what was deleted or overwritten in a server's tables, on a connection of its own. It may take long.
    pub(crate) fn vacuum(&self) -> Result<(), StoreError> {
        match &self.database {
            Database::File(_) => Ok(()),
            Database::Server(_) => Session::writer(&self.database)?.empty_log().map(drop),
        }
    }

    /// What they keep of a server's tables.
    pub(crate) fn at_hand(&self) -> Option<&AtHand> {
        self.at_hand.as_deref()
    }

    /// Borrows a connection and begins a snapshot on it. If somebody changed the schema meanwhile, there is none.
    ///
    /// Its control rows are only compared with what they were while this process knew: if another one moved the log's
    /// head, they are verified before.
    pub(crate) fn snapshot(&self) -> Result<Reader<'_>, StoreError> {
        let reader = self.borrow();
        let connection = reader.connection()?;
        let begun = connection.begin_to_know();
        begun.map_err(|error| {
            let view = connection.view();
            view.map_or(error, |view| view.note_failure(error))
        })?;
        Ok(reader)
    }

    /// The same for whoever finds all in memory, as a rule: the server is only asked where the log's head is, for all
    /// who ask at the same time. The snapshot begins when something is asked that is not in memory.
    ///
    /// Whoever has not looked yet looks now, and waits for it.
    pub(crate) fn in_memory(&self, look: Option<Look>) -> Result<Reader<'_>, StoreError> {
        let Some(heads) = &self.heads else {
            return self.snapshot();
        };
        // Before the view begins: it has all that this process knows then, and so what it knew at the look.
        // If nobody could look, the snapshot says why, or does without.
        let head = look.unwrap_or_else(|| heads.look()).0.unwrap_or_default();
        let reader = self.borrow();
        let connection = reader.connection()?;
        match head.filter(|head| connection.knows(head)) {
            Some(head) => {
                if let Some(view) = connection.view() {
                    view.begin();
                }
                connection.note_age();
                connection.leaves.set(Some(head.size));
                connection.is_late.set(true);
            }
            None => connection.begin_to_know()?,
        }
        Ok(reader)
    }

    /// Looks where a server has the log's head, for [`Readers::in_memory`]. With a file there is nothing to look at.
    pub(crate) fn look_then(&self, then: impl FnOnce(Option<Look>) + Send + 'static) {
        match &self.heads {
            Some(heads) => heads.look_then(Box::new(|look| then(Some(look)))),
            None => then(None),
        }
    }

    fn borrow(&self) -> Reader<'_> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = loop {
            match idle.pop() {
                Some(snapshot) => break snapshot,
                None => idle = self.back.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        };
        Reader {
            pool: self,
            snapshot: Some(snapshot),
        }
    }
}

impl Reader<'_> {
    /// How many leaves the log has in the snapshot, where several processes write it.
    pub(crate) fn leaves(&self) -> Option<u64> {
        self.snapshot
            .as_ref()
            .and_then(|snapshot| snapshot.leaves.get())
    }

    pub(crate) fn connection(&self) -> Result<&Snapshot, StoreError> {
        self.snapshot
            .as_ref()
            .ok_or(StoreError::inconsistent("snapshot::reader"))
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(snapshot) = self.snapshot.take() {
            snapshot.end_view();
            snapshot.is_late.set(false);
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

#[cfg(test)]
mod tests {
    use super::*;

    impl Snapshot {
        /// For tests that change rows past the vault; answers how many.
        pub(crate) fn change(&self, sql: &str) -> usize {
            let sql = self.session.in_own_words(sql);
            self.session.execute("test::change", &sql, &[]).unwrap()
        }

        /// For tests that count rows past the vault.
        pub(crate) fn number(&self, sql: &str) -> i64 {
            self.one("test::number", sql, &[], |row| row.get(0))
                .unwrap()
        }

        /// For tests that sum up a column past the vault.
        pub(crate) fn sum(&self, sql: &str) -> f64 {
            self.one("test::sum", sql, &[], |row| row.get(0)).unwrap()
        }

        /// For tests that read a value past the vault.
        pub(crate) fn bytes(&self, sql: &str) -> Vec<u8> {
            self.one("test::bytes", sql, &[], |row| row.get(0)).unwrap()
        }
    }
}
