//! One connection to the server: statements, and what they give.
//!
//! The server answers in the order in which it was asked. So a statement that gives nothing back is sent without
//! waiting for its answer ([`Link::send`]); what follows sees what it did. Whether it failed is known at the latest
//! when [`Link::settle`] is called, before a savepoint or a transaction ends well.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use tokio_postgres::{Error, Row, Statement};

use super::connect::Server;
use super::error::at;
use super::incoming::Incoming;
use super::rows::{Cells, Rows};
use super::statement::{Bound, Owned, translated};
use super::wire::{PATIENCE, Wire};
use crate::vault::store::check::Check;
use crate::vault::store::error::{StoreError, StoreFault, so_many};
use crate::vault::store::value::{Value, ValueRef};

/// So many prepared statements are kept.
const MOST_STATEMENTS: usize = 256;
/// So many statements may be without an answer: their values are in memory until then.
const MOST_SENT: usize = 64;

/// The settings of a server of which none may be off: it could lose what it says is committed.
pub(super) const CAREFUL: [&str; 3] = ["synchronous_commit", "fsync", "full_page_writes"];

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Write,
    /// For a vault that is served: what it reads is not older than what it wrote.
    Read,
    /// For whoever looks at what is there, which may be a copy that follows.
    Look,
}

impl Use {
    /// Whether it may be at a copy that follows.
    fn is_of_copies(self) -> bool {
        self == Self::Look
    }

    /// A writer that does not go on is cut off, so that others get the lock that it holds; they wait for longer than
    /// that.
    fn settings(self) -> &'static str {
        match self {
            Self::Write => {
                "SET lock_timeout = '15s'; SET idle_in_transaction_session_timeout = '5s'; \
                 SET statement_timeout = '60s'; SET client_min_messages = warning"
            }
            Self::Read | Self::Look => {
                "SET default_transaction_read_only = on; SET client_min_messages = warning"
            }
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Given, Error>> + Send>>;

/// What the server answers to a statement.
enum Given {
    /// How many rows it changed.
    Changed(u64),
    Rows(Vec<Row>),
}

/// A statement whose answer nobody has waited for.
struct Sent {
    name: &'static str,
    answer: Answer,
    expected: Expected,
    in_savepoint: bool,
}

/// What the answer to a statement has to be.
pub(super) enum Expected {
    /// It changes so many rows.
    Changed(usize),
    Any,
    /// It has rows that pass.
    Rows(Check),
}

impl Expected {
    fn meets(self, name: &'static str, given: &Given) -> Result<(), StoreError> {
        match (self, given) {
            (Self::Changed(due), Given::Changed(changed)) => {
                so_many(name, due, usize::try_from(*changed).unwrap_or(usize::MAX))
            }
            (Self::Rows(check), Given::Rows(rows)) => {
                let rows: Result<Vec<_>, _> = rows.iter().map(|row| owned(name, row)).collect();
                check(&rows?)
            }
            (Self::Changed(_) | Self::Any | Self::Rows(_), _) => Ok(()),
        }
    }
}

/// The first faults of what was sent: a savepoint undoes its own, and nothing but the end of the transaction the
/// others.
#[derive(Default)]
struct Faults {
    outside: Cell<Option<StoreError>>,
    inside: Cell<Option<StoreError>>,
}

impl Faults {
    fn first(&self) -> Option<StoreError> {
        self.outside.get().or(self.inside.get())
    }

    fn note(&self, fault: StoreError, in_savepoint: bool) {
        let place = match in_savepoint {
            true => &self.inside,
            false => &self.outside,
        };
        place.set(place.get().or(Some(fault)));
    }
}

/// One connection.
pub(super) struct Link {
    server: Arc<Server>,
    of: Use,
    wire: RefCell<Arc<Wire>>,
    statements: RefCell<HashMap<String, Statement>>,
    sent: RefCell<VecDeque<Sent>>,
    faults: Faults,
    in_savepoint: Cell<bool>,
    incoming: Incoming,
    /// An answer did not come in time: what comes later is for nobody.
    is_lost: Cell<bool>,
}

impl Link {
    pub(super) fn to(server: Arc<Server>, of: Use) -> Result<Self, StoreError> {
        let link = Self {
            wire: RefCell::new(Arc::new(server.connect(of.is_of_copies())?)),
            server,
            of,
            statements: RefCell::default(),
            sent: RefCell::default(),
            faults: Faults::default(),
            in_savepoint: Cell::new(false),
            incoming: Incoming::default(),
            is_lost: Cell::new(false),
        };
        link.prepare_for_use()?;
        Ok(link)
    }

    fn prepare_for_use(&self) -> Result<(), StoreError> {
        self.run("postgresql::settings", self.of.settings())?;
        match self.of {
            Use::Write => self.check_settings(),
            Use::Read | Use::Look => Ok(()),
        }
    }

    /// Whether it only reads.
    pub(super) fn only_reads(&self) -> bool {
        self.of != Use::Write
    }

    /// Whether nothing can be asked any more.
    pub(super) fn is_lost(&self) -> bool {
        self.is_late() || self.wire().is_closed()
    }

    fn is_late(&self) -> bool {
        self.is_lost.get() || self.incoming.is_late()
    }

    /// From now on nothing can be asked.
    pub(super) fn lose(&self) {
        self.is_lost.set(true);
    }

    /// Connects again, if the connection was lost; says whether it was.
    pub(super) fn renew(&self) -> Result<bool, StoreError> {
        if !self.is_lost() {
            return Ok(false);
        }
        let wire = self.server.connect(self.of.is_of_copies())?;
        self.wire.replace(Arc::new(wire));
        self.statements.borrow_mut().clear();
        self.sent.borrow_mut().clear();
        self.forgive();
        self.incoming.renew();
        self.is_lost.set(false);
        // A server that is refused now is refused by whoever asks next, too.
        self.prepare_for_use().inspect_err(|_| self.lose())?;
        Ok(true)
    }

    fn wire(&self) -> Arc<Wire> {
        Arc::clone(&self.wire.borrow())
    }

    /// How many warnings came.
    pub(super) fn warnings(&self) -> u64 {
        self.wire().warnings()
    }

    /// Waits for an answer. Those of statements that were sent before come first.
    fn answer<T>(
        &self,
        name: &'static str,
        patience: Duration,
        asked: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, StoreError> {
        if self.is_late() {
            return Err(unreachable(name));
        }
        let wire = self.wire();
        // Otherwise the answer would come behind rows that nobody takes.
        self.incoming.take(&wire);
        let mut asked = pin!(asked);
        let answered = poll_fn(|context| {
            // It may be what is sent now, so it is polled whatever else comes before.
            let answered = asked.as_mut().poll(context);
            self.hear(context);
            answered
        });
        match wire.wait(answered, Instant::now() + patience) {
            // After the first fault the server answers nothing else in the transaction.
            Some(answer) => answer.map_err(|error| self.faults.first().unwrap_or(at(name)(error))),
            None => {
                self.lose();
                Err(unreachable(name))
            }
        }
    }

    /// Takes the answers to what was sent, as far as they have come; whether they all have.
    fn hear(&self, context: &mut Context<'_>) -> bool {
        let mut sent = self.sent.borrow_mut();
        while let Some(first) = sent.front_mut() {
            let Poll::Ready(answer) = first.answer.as_mut().poll(context) else {
                return false;
            };
            let Some(first) = sent.pop_front() else {
                return true;
            };
            let met = answer.map_err(at(first.name));
            let met = met.and_then(|given| first.expected.meets(first.name, &given));
            if let Err(fault) = met {
                self.faults.note(fault, first.in_savepoint);
            }
        }
        true
    }

    /// Waits until everything that was sent has its answer; fails with the first fault.
    pub(super) fn settle(&self, name: &'static str) -> Result<(), StoreError> {
        if !self.sent.borrow().is_empty() {
            if self.is_late() {
                return Err(unreachable(name));
            }
            let wire = self.wire();
            self.incoming.take(&wire);
            let heard = poll_fn(|context| match self.hear(context) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            });
            if wire.wait(heard, Instant::now() + PATIENCE).is_none() {
                self.lose();
                return Err(unreachable(name));
            }
        }
        self.faults.first().map_or(Ok(()), Err)
    }

    /// What is sent from now on is in a savepoint, or is not.
    pub(super) fn note_savepoint(&self, begins: bool) {
        self.in_savepoint.set(begins);
    }

    /// The savepoint is undone, and its faults with it.
    pub(super) fn forget_savepoint(&self) {
        // A connection that was lost is told of by whatever is asked next.
        let _ = self.settle("postgresql::forget");
        self.faults.inside.set(None);
    }

    /// The transaction is undone, and all faults with it.
    pub(super) fn forget(&self) {
        self.forget_savepoint();
        self.forgive();
    }

    /// The faults that are known are nobody's.
    pub(super) fn forgive(&self) {
        self.faults.outside.set(None);
        self.faults.inside.set(None);
        self.in_savepoint.set(false);
    }

    fn prepared(
        &self,
        name: &'static str,
        sql: &str,
        patience: Duration,
    ) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.clone());
        }
        let (wire, text) = (self.wire(), translated(sql));
        let made = self.answer(name, patience, wire.client.prepare(&text))?;
        let mut statements = self.statements.borrow_mut();
        // Searches have texts of their own: all are forgotten before they become too many.
        if statements.len() >= MOST_STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), made.clone());
        Ok(made)
    }

    /// Runs a statement, which is prepared once, and hands its rows to `with` as they come.
    pub(super) fn query<T>(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        with: impl FnOnce(Rows<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.query_within(name, sql, values, PATIENCE, with)
    }

    /// The same, with another patience.
    pub(super) fn query_within<T>(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        patience: Duration,
        with: impl FnOnce(Rows<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (wire, statement) = (self.wire(), self.prepared(name, sql, patience)?);
        let values = values.iter().map(|value| Bound(*value));
        let asked = wire.client.query_raw(&statement, values);
        let stream = self.answer(name, patience, asked)?;
        with(Rows::of(&self.incoming, wire, name, stream))
    }

    /// Runs a statement, which is prepared once; answers how many rows it changed.
    pub(super) fn execute(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<usize, StoreError> {
        let (wire, statement) = (self.wire(), self.prepared(name, sql, PATIENCE)?);
        let values = values.iter().map(|value| Bound(*value));
        let asked = wire.client.execute_raw(&statement, values);
        let changed = self.answer(name, PATIENCE, asked)?;
        usize::try_from(changed).map_err(|_| StoreError::inconsistent(name))
    }

    /// The same without waiting for the answer.
    pub(super) fn send(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        expected: Expected,
    ) -> Result<(), StoreError> {
        let (wire, statement) = (self.wire(), self.prepared(name, sql, PATIENCE)?);
        let values = values.iter().map(|value| Owned::of(*value));
        let values: Result<Vec<Owned>, _> = values.collect();
        let values = values.map_err(|_| StoreError::inconsistent(name))?;
        let answer: Answer = match expected {
            Expected::Rows(_) => Box::pin(async move {
                let rows = wire.client.query_raw(&statement, values).await?;
                rows.try_collect().await.map(Given::Rows)
            }),
            Expected::Changed(_) | Expected::Any => Box::pin(async move {
                let changed = wire.client.execute_raw(&statement, values).await;
                changed.map(Given::Changed)
            }),
        };
        self.enqueue(name, answer, expected)
    }

    /// Sends statements without values and without rows, and does not wait for their answer.
    pub(super) fn send_all(&self, name: &'static str, sql: &'static str) -> Result<(), StoreError> {
        let wire = self.wire();
        let asked = async move {
            let done = wire.client.batch_execute(sql).await;
            done.map(|()| Given::Changed(0))
        };
        self.enqueue(name, Box::pin(asked), Expected::Any)
    }

    fn enqueue(
        &self,
        name: &'static str,
        mut answer: Answer,
        expected: Expected,
    ) -> Result<(), StoreError> {
        if self.is_late() {
            return Err(unreachable(name));
        }
        // The first call sends it. Whoever is answered next asks again, unless the answer is there already.
        let context = &mut Context::from_waker(Waker::noop());
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            // Then there are those to everything that was sent before, and the first fault is the one to tell of.
            self.hear(context);
            let met = answer.map_err(at(name));
            let met = met.and_then(|given| expected.meets(name, &given));
            return met.inspect_err(|fault| self.faults.note(*fault, self.in_savepoint.get()));
        }
        self.wire().move_on();
        let waiting = {
            let mut sent = self.sent.borrow_mut();
            sent.push_back(Sent {
                name,
                answer,
                expected,
                in_savepoint: self.in_savepoint.get(),
            });
            sent.len()
        };
        match waiting < MOST_SENT {
            true => Ok(()),
            false => self.settle(name),
        }
    }

    /// Runs statements without values and without rows.
    pub(super) fn run(&self, name: &'static str, sql: &str) -> Result<(), StoreError> {
        self.run_within(name, sql, PATIENCE)
    }

    /// The same, with another patience.
    pub(super) fn run_within(
        &self,
        name: &'static str,
        sql: &str,
        patience: Duration,
    ) -> Result<(), StoreError> {
        let wire = self.wire();
        self.answer(name, patience, wire.client.batch_execute(sql))
    }

    /// Whether a statement gives a number that is not zero.
    pub(super) fn says(&self, at: &'static str, sql: &str) -> Result<bool, StoreError> {
        self.query(at, sql, &[], |mut rows| {
            let cells = rows.next()?.ok_or(StoreError::inconsistent(at))?;
            let number = cells.get(at, 0)?.as_integer();
            number
                .map(|number| number != 0)
                .map_err(|_| StoreError::inconsistent(at))
        })
    }

    /// What a setting of the server is.
    fn setting(&self, name: &'static str) -> Result<String, StoreError> {
        let at = "postgresql::setting";
        let sql = "-- postgresql::setting\nSELECT current_setting(?1)";
        self.query(at, sql, &[name.into()], |mut rows| {
            let cells = rows.next()?.ok_or(StoreError::inconsistent(at))?;
            let value = cells.get(at, 0)?.as_text().map(str::to_owned);
            value.map_err(|_| StoreError::inconsistent(at))
        })
    }

    /// Fails if what the server says is committed could be lost.
    fn check_settings(&self) -> Result<(), StoreError> {
        for name in CAREFUL {
            if self.setting(name)? == "off" {
                return Err(StoreError {
                    at: "postgresql::settings",
                    fault: StoreFault::Careless(name),
                });
            }
        }
        Ok(())
    }
}

/// The cells of a row.
fn owned(name: &'static str, row: &Row) -> Result<Vec<Value>, StoreError> {
    let cell = |no| {
        let cell = Cells::of(row).get(name, no)?;
        Value::try_from(cell).map_err(|_| StoreError::inconsistent(name))
    };
    (0..row.len()).map(cell).collect()
}

fn unreachable(at: &'static str) -> StoreError {
    StoreError {
        at,
        fault: StoreFault::Unreachable,
    }
}
