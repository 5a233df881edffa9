//! One connection to the server: statements, and what they give.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use tokio_postgres::{Error, Statement};

use super::connect::{Server, Wire};
use super::driver::wait;
use super::error::at;
use super::rows::Rows;
use super::statement::{Bound, translated};
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::value::ValueRef;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// So many prepared statements are kept.
const MOST_STATEMENTS: usize = 256;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Write,
    Read,
}

impl Use {
    /// A writer that does not go on is cut off, so that others get the lock that it holds; they wait for longer than
    /// that.
    fn settings(self) -> &'static str {
        match self {
            Self::Write => {
                "SET lock_timeout = '15s'; SET idle_in_transaction_session_timeout = '5s'; \
                 SET statement_timeout = '60s'; SET client_min_messages = warning"
            }
            Self::Read => {
                "SET default_transaction_read_only = on; SET client_min_messages = warning"
            }
        }
    }
}

/// One connection.
pub(super) struct Link {
    server: Arc<Server>,
    of: Use,
    wire: RefCell<Arc<Wire>>,
    statements: RefCell<HashMap<String, Statement>>,
    /// An answer did not come in time: what comes later is for nobody.
    is_lost: Cell<bool>,
}

impl Link {
    pub(super) fn to(server: Arc<Server>, of: Use) -> Result<Self, StoreError> {
        let link = Self {
            wire: RefCell::new(Arc::new(server.connect()?)),
            server,
            of,
            statements: RefCell::default(),
            is_lost: Cell::new(false),
        };
        link.prepare_for_use()?;
        Ok(link)
    }

    fn prepare_for_use(&self) -> Result<(), StoreError> {
        self.run("postgresql::settings", self.of.settings())?;
        match self.of {
            Use::Write => self.check_settings(),
            Use::Read => Ok(()),
        }
    }

    /// Whether nothing can be asked any more.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.get() || self.wire().client.is_closed()
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
        self.wire.replace(Arc::new(self.server.connect()?));
        self.statements.borrow_mut().clear();
        self.is_lost.set(false);
        self.prepare_for_use()?;
        Ok(true)
    }

    fn wire(&self) -> Arc<Wire> {
        Arc::clone(&self.wire.borrow())
    }

    /// How many warnings came.
    pub(super) fn warnings(&self) -> u64 {
        self.wire().told.warnings()
    }

    /// Waits for an answer.
    fn answer<T>(
        &self,
        name: &'static str,
        patience: Duration,
        asked: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, StoreError> {
        let unreachable = StoreError {
            at: name,
            fault: StoreFault::Unreachable,
        };
        if self.is_lost.get() {
            return Err(unreachable);
        }
        match wait(asked, Instant::now() + patience) {
            Some(answer) => answer.map_err(at(name)),
            None => {
                self.lose();
                Err(unreachable)
            }
        }
    }

    fn prepared(&self, name: &'static str, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.clone());
        }
        let (wire, text) = (self.wire(), translated(sql));
        let made = self.answer(name, PATIENCE, wire.client.prepare(&text))?;
        let mut statements = self.statements.borrow_mut();
        // Searches have texts of their own: all are forgotten before they become too many.
        if statements.len() >= MOST_STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), made.clone());
        Ok(made)
    }

    /// Runs a statement, which is prepared once, and hands its rows to `with`.
    pub(super) fn query<T>(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        with: impl FnOnce(Rows) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (wire, statement) = (self.wire(), self.prepared(name, sql)?);
        let values = values.iter().map(|value| Bound(*value));
        // All of them before the first is handed out: whoever reads them may ask something else meanwhile, and the
        // answer to that comes on this connection behind the last row.
        let asked = async {
            let rows = wire.client.query_raw(&statement, values).await?;
            rows.try_collect().await
        };
        with(Rows::of(self.answer(name, PATIENCE, asked)?))
    }

    /// Runs a statement, which is prepared once; answers how many rows it changed.
    pub(super) fn execute(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<usize, StoreError> {
        let (wire, statement) = (self.wire(), self.prepared(name, sql)?);
        let values = values.iter().map(|value| Bound(*value));
        let asked = wire.client.execute_raw(&statement, values);
        let changed = self.answer(name, PATIENCE, asked)?;
        usize::try_from(changed).map_err(|_| StoreError::inconsistent(name))
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
            let cells = rows.next().ok_or(StoreError::inconsistent(at))?;
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
            let cells = rows.next().ok_or(StoreError::inconsistent(at))?;
            let value = cells.get(at, 0)?.as_text().map(str::to_owned);
            value.map_err(|_| StoreError::inconsistent(at))
        })
    }

    /// Fails if what the server says is committed could be lost.
    fn check_settings(&self) -> Result<(), StoreError> {
        for name in ["synchronous_commit", "fsync", "full_page_writes"] {
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
