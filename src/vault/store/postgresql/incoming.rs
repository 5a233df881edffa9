//! Rows of statements on their way. The server sends those of one statement after those of another, so whoever asks
//! something else first takes what is still to come into memory.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Instant;

use futures_util::Stream as _;
use tokio_postgres::{Row, RowStream};

use super::error::at;
use super::wire::{PATIENCE, Wire};
use crate::vault::store::error::{StoreError, StoreFault};

/// The rows of a connection's statements.
#[derive(Default)]
pub(super) struct Incoming {
    all: RefCell<Vec<Coming>>,
    asked: Cell<u64>,
    /// Rows did not come in time: what comes later is for nobody.
    is_late: Cell<bool>,
}

/// Those of one statement.
struct Coming {
    no: u64,
    /// Nothing once all have come.
    stream: Option<Pin<Box<RowStream>>>,
    /// Those that came and were not read yet.
    rows: VecDeque<Row>,
    /// What came instead of the rest.
    fault: Option<StoreError>,
}

impl Incoming {
    /// Rows begin to come; answers which they are.
    pub(super) fn open(&self, stream: RowStream) -> u64 {
        let no = self.asked.get() + 1;
        self.asked.set(no);
        self.all.borrow_mut().push(Coming {
            no,
            stream: Some(Box::pin(stream)),
            rows: VecDeque::new(),
            fault: None,
        });
        no
    }

    /// The next row of a statement.
    pub(super) fn next(
        &self,
        wire: &Wire,
        name: &'static str,
        no: u64,
    ) -> Result<Option<Row>, StoreError> {
        let mut all = self.all.borrow_mut();
        let own = all.iter_mut().find(|own| own.no == no);
        let own = own.ok_or(StoreError::inconsistent(name))?;
        if let Some(row) = own.rows.pop_front() {
            return Ok(Some(row));
        }
        match own.fault {
            Some(fault) => Err(fault),
            None => self.receive(wire, own, name),
        }
    }

    /// Waits for a row, until all have come.
    fn receive(
        &self,
        wire: &Wire,
        own: &mut Coming,
        name: &'static str,
    ) -> Result<Option<Row>, StoreError> {
        let Some(stream) = &mut own.stream else {
            return Ok(None);
        };
        let next = poll_fn(|context| stream.as_mut().poll_next(context));
        let fault = match wire.wait(next, Instant::now() + PATIENCE) {
            Some(Some(Ok(row))) => return Ok(Some(row)),
            Some(None) => {
                own.stream = None;
                return Ok(None);
            }
            Some(Some(Err(error))) => at(name)(error),
            None => {
                self.is_late.set(true);
                StoreError {
                    at: name,
                    fault: StoreFault::Unreachable,
                }
            }
        };
        own.stream = None;
        own.fault = Some(fault);
        Err(fault)
    }

    /// Nobody reads the rest of a statement's rows.
    pub(super) fn close(&self, no: u64) {
        self.all.borrow_mut().retain(|own| own.no != no);
    }

    /// Takes what is still to come into memory. What fails is told to whoever reads it.
    pub(super) fn take(&self, wire: &Wire) {
        for own in self.all.borrow_mut().iter_mut() {
            while let Ok(Some(row)) = self.receive(wire, own, "postgresql::rows") {
                own.rows.push_back(row);
            }
        }
    }

    pub(super) fn is_late(&self) -> bool {
        self.is_late.get()
    }

    /// The connection is a new one.
    pub(super) fn renew(&self) {
        self.is_late.set(false);
    }
}
