//! What goes to the server and comes from it, moved by whoever waits for an answer.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::error::Severity;
use tokio_postgres::{AsyncMessage, Client, Connection, Error};

use super::socket::{Flow, Socket, wait};

/// How long an answer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// One connection. It is closed when this is dropped.
pub(super) struct Wire {
    // Before the line, which then says to the server that it was the end.
    pub(super) client: Client,
    line: Line,
}

/// What moves bytes between the client and the socket.
struct Line {
    socket: Arc<Socket>,
    /// Nothing once either end has closed it.
    moves: Mutex<Option<Box<dyn Moves>>>,
    warnings: AtomicU64,
}

/// The library's connection, whatever it goes over.
trait Moves: Send {
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>>;
}

impl<T> Moves for Connection<Flow, T>
where
    T: AsyncRead + AsyncWrite + Unpin + Send,
{
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>> {
        self.poll_message(context)
    }
}

impl Wire {
    pub(super) fn of<S>(socket: Arc<Socket>, client: Client, moves: Connection<Flow, S>) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let line = Line {
            socket,
            moves: Mutex::new(Some(Box::new(moves))),
            warnings: AtomicU64::new(0),
        };
        Self { client, line }
    }

    /// Waits for something that the server answers, but not longer than until then; `None` if it did not come.
    pub(super) fn wait<F: Future>(&self, future: F, until: Instant) -> Option<F::Output> {
        let move_on = |context: &mut Context<'_>| self.line.move_on(context);
        wait(&self.line.socket, move_on, future, until)
    }

    /// Sends what was asked, as far as the socket takes it now.
    pub(super) fn move_on(&self) {
        self.line.move_on(&mut Context::from_waker(Waker::noop()));
    }

    /// Whether either end has closed it.
    pub(super) fn is_closed(&self) -> bool {
        self.move_on();
        self.client.is_closed()
    }

    /// How many warnings came. Those to an answer are counted before it is there.
    pub(super) fn warnings(&self) -> u64 {
        self.line.warnings.load(Ordering::Acquire)
    }
}

impl Line {
    /// Moves what comes and what is to be sent; whether more can come.
    fn move_on(&self, context: &mut Context<'_>) -> bool {
        let mut moves = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(line) = moves.as_mut() {
            match line.next(context) {
                Poll::Pending => return true,
                Poll::Ready(Some(Ok(AsyncMessage::Notice(notice)))) => {
                    if notice.parsed_severity() != Some(Severity::Notice) {
                        self.warnings.fetch_add(1, Ordering::AcqRel);
                    }
                }
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(_)) | None) => *moves = None,
            }
        }
        false
    }
}

impl Drop for Line {
    /// The client is gone: says so to the server, if it is not in the middle of an answer.
    fn drop(&mut self) {
        let context = &mut Context::from_waker(Waker::noop());
        self.move_on(context);
        self.move_on(context);
    }
}
