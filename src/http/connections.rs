//! Limits of connections: how many there are, and how long one may be idle.
//!
//! A connection above the number is closed at once, and an idle one after a while. The limits of
//! HTTP concern requests. These here are against clients that connect and send nothing, stop in
//! the middle, or do not read the answer.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

use super::app::App;
use crate::config::Limits;

/// An acceptor that counts connections; the inner one does the TLS handshake.
#[derive(Clone)]
pub(super) struct Bounded<A> {
    inner: A,
    room: Arc<Semaphore>,
    app: Arc<App>,
}

impl<A> Bounded<A> {
    pub(super) fn new(inner: A, app: Arc<App>) -> Self {
        Self {
            inner,
            room: Arc::new(Semaphore::new(app.limits.connections)),
            app,
        }
    }
}

/// A connection; dropping it frees its place.
pub(super) struct Counted<S> {
    stream: S,
    app: Arc<App>,
    patience: Patience,
    /// Bytes read so far; only used to see whether `PREFACE` bytes were read.
    read: usize,
    /// Since when a write waits for the client to read.
    stalled: Option<Instant>,
    /// When something was last read or written.
    moved: Instant,
    begun: Instant,
    alarm: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

/// How long a connection may be idle.
#[derive(Clone, Copy)]
struct Patience {
    /// Until the first bytes arrive.
    first: Duration,
    /// While the client does not read the answer.
    stalled: Duration,
    /// In all other cases.
    idle: Duration,
}

impl Patience {
    fn of(limits: &Limits) -> Self {
        let request = Duration::from_secs(limits.request_s);
        Self {
            first: Duration::from_secs(limits.header_s),
            stalled: request,
            idle: request.saturating_mul(IDLE_REQUESTS),
        }
    }
}

/// A connection may be idle for so many request times, because a large package is built before its
/// first byte is sent.
const IDLE_REQUESTS: u32 = 10;
/// The length of the HTTP/2 preface (RFC 9113, 3.4). Until so many bytes were read, the version of
/// HTTP is unknown and the limits of the HTTP library do not apply.
const PREFACE: usize = 24;

impl<A, I, S> Accept<I, S> for Bounded<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: Send,
    A::Service: Send,
{
    type Stream = Counted<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
            self.app.metrics.count_refused_connection();
            return Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) });
        };
        let app = Arc::clone(&self.app);
        let accepted = self.inner.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let patience = Patience::of(&app.limits);
            let now = Instant::now();
            let stream = Counted {
                stream,
                app,
                patience,
                read: 0,
                stalled: None,
                moved: now,
                begun: now,
                alarm: Box::pin(sleep_until(now + patience.first)),
                _place: place,
            };
            Ok((stream, service))
        })
    }
}

impl<S> Counted<S> {
    /// Until when the connection may stay idle in its present state.
    fn deadline(&self) -> Instant {
        let idle = self.moved + self.patience.idle;
        let stalled = self.stalled.map(|since| since + self.patience.stalled);
        let first = (self.read < PREFACE).then(|| self.begun + self.patience.first);
        idle.min(stalled.unwrap_or(idle)).min(first.unwrap_or(idle))
    }

    /// The answer of a read or write that cannot proceed: pending, or an error after the deadline.
    /// The alarm is reset only when it fires or must fire earlier, which is rare.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let deadline = self.deadline();
        if deadline < self.alarm.deadline() {
            self.alarm.as_mut().reset(deadline);
        }
        while self.alarm.as_mut().poll(context).is_ready() {
            if deadline <= Instant::now() {
                self.app.metrics.count_stalled_connection();
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.alarm.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    fn wrote<T>(
        &mut self,
        polled: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        match polled {
            Poll::Ready(written) => {
                self.stalled = None;
                self.moved = Instant::now();
                Poll::Ready(written)
            }
            Poll::Pending => {
                self.stalled.get_or_insert_with(Instant::now);
                self.wait(context)
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                let new = buffer.filled().len() - before;
                self.read = self.read.saturating_add(new);
                self.moved = Instant::now();
                Poll::Ready(read)
            }
            Poll::Pending => self.wait(context),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(polled, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.wrote(polled, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.wrote(polled, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(polled, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
