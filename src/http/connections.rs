//! Lets connections in, counts them, and closes those that stand still.
//!
//! HTTP's own limits are on requests. The limits here are on clients that connect and say nothing, that only answer
//! pings, that stop in the middle, and that do not read the answer. Such a client costs us a place, so it may not keep
//! it.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use http::Request;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tower::Service;

use super::app::App;
use super::around::bare_answer;
use super::connection::{Connection, Patience, Peer};
use super::places::{Place, Places};
use super::proxy_header;
use crate::config::{Limits, Networks};

/// An acceptor that counts connections; the inner one does the TLS handshake.
#[derive(Clone)]
pub(super) struct Bounded<A> {
    inner: A,
    places: Arc<Places>,
    proxies: Arc<Networks>,
    limits: Arc<Limits>,
    /// What counts, and words what HTTP answers by itself; nothing where the vault is sealed.
    app: Option<Arc<App>>,
}

impl<A> Bounded<A> {
    pub(super) fn new(inner: A, proxies: Networks, app: Arc<App>) -> Self {
        let limits = app.limits.clone();
        Self::within(inner, proxies, limits, Some(app))
    }

    /// The same for a server that has no vault yet.
    pub(super) fn sealed(inner: A, proxies: Networks, limits: Limits) -> Self {
        Self::within(inner, proxies, limits, None)
    }

    /// The same places behind another acceptor.
    pub(super) fn beside(&self, inner: A) -> Self
    where
        A: Clone,
    {
        Self {
            inner,
            ..self.clone()
        }
    }

    fn within(inner: A, proxies: Networks, limits: Limits, app: Option<Arc<App>>) -> Self {
        let places = Places::new(limits.connections, limits.address_connections);
        Self {
            inner,
            places: Arc::new(places),
            proxies: Arc::new(proxies),
            limits: Arc::new(limits),
            app,
        }
    }
}

impl<A, S> Accept<TcpStream, S> for Bounded<A>
where
    A: Accept<TcpStream, S> + Clone + Send + Sync + 'static,
    A::Future: Send + 'static,
    A::Stream: Send,
    A::Service: Send,
    S: Send + 'static,
{
    type Stream = Counted<A::Stream>;
    type Service = Known<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let all = self.clone();
        Box::pin(async move {
            let (stream, connection, place) = all.let_in(stream).await?;
            let accepted = tokio::select! {
                () = connection.closed() => return Err(io::ErrorKind::ConnectionAborted.into()),
                accepted = all.inner.accept(stream, service) => accepted,
            };
            let (stream, service) = accepted?;
            let patience = Patience::of(&all.limits);
            let stream = Counted {
                stream,
                app: all.app,
                patience,
                read: 0,
                is_http_1: false,
                stalled: None,
                moved: Instant::now(),
                alarm: Box::pin(sleep_until(Instant::now() + patience.first)),
                closed: Box::pin(connection.closed()),
                instead: None,
                lingers: None,
                connection: Arc::clone(&connection),
                _place: place,
            };
            let service = Known {
                service,
                connection,
            };
            Ok((stream, service))
        })
    }
}

impl<A> Bounded<A> {
    /// Finds out the client's address, and gives the connection a place.
    async fn let_in(
        &self,
        mut stream: TcpStream,
    ) -> io::Result<(TcpStream, Arc<Connection>, Place)> {
        let address = stream.peer_addr()?;
        let behind_a_proxy = self.proxies.lists(address.ip());
        let connection = Arc::new(Connection::new((!behind_a_proxy).then_some(address)));
        let place = self.enter(&connection)?;
        if !behind_a_proxy {
            return Ok((stream, connection, place));
        }
        let within = Duration::from_secs(self.limits.header_s);
        let told = tokio::select! {
            () = connection.closed() => return Err(io::ErrorKind::ConnectionAborted.into()),
            told = timeout(within, proxy_header::read(&mut stream)) => told,
        };
        let told = told.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        let told = told.inspect_err(|_| self.count_refused())?;
        drop(place);
        // A connection of the proxy's own, such as a health check, counts for the proxy's address.
        let connection = Arc::new(Connection::new(Some(told.unwrap_or(address))));
        let place = self.enter(&connection)?;
        Ok((stream, connection, place))
    }

    fn enter(&self, connection: &Arc<Connection>) -> io::Result<Place> {
        self.places.enter(connection).ok_or_else(|| {
            self.count_refused();
            io::ErrorKind::ConnectionRefused.into()
        })
    }

    fn count_refused(&self) {
        if let Some(app) = &self.app {
            app.metrics.count_refused_connection();
        }
    }
}

/// Gives every request the connection that it came on.
#[derive(Clone)]
pub(super) struct Known<S> {
    service: S,
    connection: Arc<Connection>,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Known<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let peer = Peer(Arc::clone(&self.connection));
        request.extensions_mut().insert(peer);
        self.service.call(request)
    }
}

/// The stream of a connection. The connection gives its place back when this is dropped.
pub(super) struct Counted<S> {
    stream: S,
    app: Option<Arc<App>>,
    patience: Patience,
    /// Bytes read so far; only used to see which bytes are the first.
    read: usize,
    is_http_1: bool,
    /// When a write began to wait for the client to read.
    stalled: Option<Instant>,
    /// When something was last read or written.
    moved: Instant,
    alarm: Pin<Box<Sleep>>,
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
    /// What is written in place of an answer that HTTP made by itself, and how much of it is written.
    instead: Option<(Vec<u8>, usize)>,
    /// While the connection ends: how many bytes may still be read.
    lingers: Option<usize>,
    connection: Arc<Connection>,
    _place: Place,
}

/// When a connection ends, what the client still sends is read for this long, so that the client sees the last answer.
const LINGERS_S: u64 = 5;
const LINGERS_BYTES: usize = 64 << 20;

impl<S> Counted<S> {
    /// Until when the connection may stay idle in its present state.
    fn deadline(&self) -> Instant {
        let working = self.moved + self.patience.working;
        let stalled = self.stalled.map(|since| since + self.patience.stalled);
        let http = Instant::from_std(self.connection.deadline(&self.patience));
        working.min(stalled.unwrap_or(working)).min(http)
    }

    /// Ready if the connection has stood still for too long. Requests begin and end without a call of this. So the
    /// alarm rings at least once in the time that a connection may rest between requests.
    fn is_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline();
        let look = deadline.min(Instant::now() + self.patience.between);
        if look < self.alarm.deadline() {
            self.alarm.as_mut().reset(look);
        }
        while self.alarm.as_mut().poll(context).is_ready() {
            if deadline <= Instant::now() {
                if let Some(app) = &self.app {
                    app.metrics.count_stalled_connection();
                }
                return Poll::Ready(());
            }
            self.alarm
                .as_mut()
                .reset(deadline.min(Instant::now() + self.patience.between));
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
                self.is_over(context)
                    .map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> Counted<S> {
    /// Writes a problem in place of a bare answer of HTTP's own. `None` if there is nothing to replace.
    fn poll_instead(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Option<Poll<io::Result<usize>>> {
        if self.instead.is_none() && self.is_http_1 {
            let words = self.app.as_ref().and_then(|app| bare_answer(app, bytes));
            self.instead = words.map(|words| (words, 0));
            if self.instead.is_some() {
                self.connection.leave_unread();
            }
        }
        let (words, mut written) = self.instead.take()?;
        while written < words.len() {
            let polled = Pin::new(&mut self.stream).poll_write(context, &words[written..]);
            match polled {
                Poll::Ready(Ok(0)) => {
                    return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into())));
                }
                Poll::Ready(Ok(more)) => written += more,
                Poll::Ready(Err(error)) => return Some(Poll::Ready(Err(error))),
                Poll::Pending => {
                    self.instead = Some((words, written));
                    return Some(Poll::Pending);
                }
            }
        }
        Some(Poll::Ready(Ok(bytes.len())))
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
                let new = &buffer.filled()[before..];
                if self.read == 0 && !new.is_empty() {
                    // HTTP/2 begins with `PRI`. No HTTP/1.1 method that we take begins like this.
                    self.is_http_1 = !new.starts_with(b"PRI");
                }
                self.read = self.read.saturating_add(new.len());
                self.moved = Instant::now();
                Poll::Ready(read)
            }
            Poll::Pending => {
                // If it is over, nothing more is read, and HTTP ends the connection as if the client had closed it.
                let is_needed = self.closed.as_mut().poll(context).is_ready();
                if is_needed {
                    return Poll::Ready(Ok(()));
                }
                self.is_over(context).map(|()| Ok(()))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = match self.poll_instead(context, bytes) {
            Some(polled) => polled,
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        };
        self.wrote(polled, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.wrote(polled, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingers.is_none() {
            let polled = Pin::new(&mut self.stream).poll_shutdown(context);
            ready!(self.wrote(polled, context))?;
            if !self.connection.is_left_unread() || !self.is_http_1 {
                return Poll::Ready(Ok(()));
            }
            self.lingers = Some(LINGERS_BYTES);
            let until = Instant::now() + Duration::from_secs(LINGERS_S);
            self.alarm.as_mut().reset(until);
        }
        let mut scratch = [0; 16 * 1024];
        while let Some(left) = self.lingers.filter(|left| *left > 0) {
            if self.alarm.as_mut().poll(context).is_ready() {
                break;
            }
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = Pin::new(&mut self.stream).poll_read(context, &mut buffer);
            match ready!(read) {
                Ok(()) if !buffer.filled().is_empty() => {
                    self.lingers = Some(left.saturating_sub(buffer.filled().len()));
                }
                Ok(()) | Err(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = slices.iter().find(|slice| !slice.is_empty());
        let instead = first.and_then(|first| self.poll_instead(context, first));
        let polled = match instead {
            Some(polled) => polled,
            None => Pin::new(&mut self.stream).poll_write_vectored(context, slices),
        };
        self.wrote(polled, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
