//! What the requests and the stream of one connection both know of it: its client's address, whether somebody has
//! signed in on it, and how long it may stand still.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::config::Limits;

pub(super) struct Connection {
    /// The client's address. `None` until a proxy has said it.
    address: Option<SocketAddr>,
    signed_in: AtomicBool,
    /// Something that the client sends will not be read to its end.
    unread: AtomicBool,
    closed: CancellationToken,
    http: Mutex<Http>,
}

struct Http {
    /// Requests that have no answer yet.
    working: usize,
    /// Answers that are being sent.
    answering: usize,
    /// Whether a request has come yet.
    asked: bool,
    /// When a request or an answer last made progress.
    moved: Instant,
}

/// How long a connection may stand still.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Until the first request has come.
    pub(super) first: Duration,
    /// While an answer waits to be read.
    pub(super) stalled: Duration,
    /// Between requests.
    pub(super) between: Duration,
    /// While a request is worked on.
    pub(super) working: Duration,
}

/// The work on a request may take this many times `request_s`: a large package is made before its first byte is sent.
const WORKING_REQUESTS: u32 = 10;

impl Patience {
    pub(super) fn of(limits: &Limits) -> Self {
        let request = Duration::from_secs(limits.request_s);
        Self {
            first: Duration::from_secs(limits.header_s),
            stalled: request,
            between: Duration::from_secs(limits.idle_s),
            working: request.saturating_mul(WORKING_REQUESTS),
        }
    }
}

impl Connection {
    pub(super) fn new(address: Option<SocketAddr>) -> Self {
        Self {
            address,
            signed_in: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            closed: CancellationToken::new(),
            http: Mutex::new(Http {
                working: 0,
                answering: 0,
                asked: false,
                moved: Instant::now(),
            }),
        }
    }

    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// The address or network whose limits it counts towards.
    pub(super) fn network(&self) -> Option<IpAddr> {
        self.address.map(|address| network(address.ip()))
    }

    /// Notes that a request on it came from a live session.
    pub(super) fn signed_in(&self) {
        self.signed_in.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.signed_in.load(Ordering::Relaxed)
    }

    /// Closes it, because its place is needed.
    pub(super) fn close(&self) {
        self.closed.cancel();
    }

    #[cfg(test)]
    pub(super) fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// Ready when its place is needed.
    pub(super) fn closed(&self) -> WaitForCancellationFutureOwned {
        self.closed.clone().cancelled_owned()
    }

    /// Notes that what the client still sends will not be read.
    pub(super) fn leave_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_left_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// For how long no request has been under way.
    pub(super) fn rests_for(&self, now: Instant) -> Duration {
        self.with(|http| match http.working + http.answering {
            0 => now.saturating_duration_since(http.moved),
            _ => Duration::ZERO,
        })
    }

    /// When it is closed, if nothing moves until then.
    pub(super) fn deadline(&self, patience: &Patience) -> Instant {
        self.with(|http| {
            http.moved
                + match (http.working, http.answering) {
                    (0, 0) if http.asked => patience.between,
                    (0, 0) => patience.first,
                    (0, _) => patience.stalled,
                    _ => patience.working,
                }
        })
    }

    /// Counts a request that is worked on, until the returned value is dropped.
    pub(super) fn work(self: &Arc<Self>) -> Working {
        self.with(|http| {
            http.working += 1;
            http.asked = true;
        });
        Working(Arc::clone(self))
    }

    /// Counts an answer that is being sent, until the returned value is dropped.
    pub(super) fn answer(self: &Arc<Self>) -> Answering {
        self.with(|http| http.answering += 1);
        Answering(Arc::clone(self))
    }

    fn with<T>(&self, see: impl FnOnce(&mut Http) -> T) -> T {
        see(&mut self.http.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn moves(&self, see: impl FnOnce(&mut Http)) {
        self.with(|http| {
            see(http);
            http.moved = Instant::now();
        });
    }
}

/// A request without an answer yet.
pub(super) struct Working(Arc<Connection>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.moves(|http| http.working -= 1);
    }
}

/// An answer on its way.
pub(super) struct Answering(Arc<Connection>);

impl Answering {
    /// Notes that the client has read some of it.
    pub(super) fn moves(&self) {
        self.0.moves(|_| {});
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.moves(|http| http.answering -= 1);
    }
}

/// The connection of a request, as one of the request's extensions.
#[derive(Clone)]
pub(super) struct Peer(pub(super) Arc<Connection>);

/// The address that limits count. For IPv6 it is the /64 network, because one customer has a whole /64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_connection_does_says_how_long_it_may_stand_still() {
        let patience = Patience::of(&Limits::default());
        let connection = Arc::new(Connection::new(None));
        let left = || {
            let left = connection.deadline(&patience) - Instant::now();
            Duration::from_secs(left.as_secs_f64().round() as u64)
        };
        assert_eq!(left(), patience.first);
        let working = connection.work();
        assert_eq!(left(), patience.working);
        let answering = connection.answer();
        drop(working);
        assert_eq!(left(), patience.stalled);
        drop(answering);
        assert_eq!(left(), patience.between);
    }
}
