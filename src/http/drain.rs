//! Reads the rest of a body whose request was answered early.
//!
//! A client that is still sending when the connection ends may never see the answer: its system throws away what has
//! come, and HTTP/2 clients report a stream error. So the rest is read and thrown away for a while: up to 64 MiB or
//! five seconds, and for few requests of one address at once. The rest is not read if the request had an `Expect`
//! header: reading would send `100 Continue` to a client that waits for it, and so make the client send the body.

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use bytes::Bytes;
use http::header::EXPECT;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;

use super::connection::{Connection, Peer};

const BYTES: usize = 64 << 20;
const SECONDS: u64 = 5;
/// How many rests of one address are read at once.
const OF_ONE: usize = 8;
/// How many rests of all addresses together are read at once.
const OF_ALL: usize = 64;

/// How many rests are being read, by address.
#[derive(Default)]
pub(super) struct Drains(Mutex<HashMap<Option<IpAddr>, usize>>);

struct Draining {
    drains: Arc<Drains>,
    network: Option<IpAddr>,
}

/// The body of a request, kept to read what the handler leaves of it.
pub(super) struct Rest {
    body: Arc<Mutex<Body>>,
    /// The request had an `Expect` header: the client may wait for `100 Continue`.
    expects: bool,
    peer: Option<Peer>,
}

/// The same body, for the handler to read.
struct Lent(Arc<Mutex<Body>>);

impl Rest {
    /// Lends the body of a request to the handler. `None` if the request has no body.
    pub(super) fn of(request: Request) -> (Request, Option<Self>) {
        if request.body().is_end_stream() {
            return (request, None);
        }
        let (parts, body) = request.into_parts();
        let body = Arc::new(Mutex::new(body));
        let rest = Self {
            body: Arc::clone(&body),
            expects: parts.headers.contains_key(EXPECT),
            peer: parts.extensions.get::<Peer>().cloned(),
        };
        (
            Request::from_parts(parts, Body::new(Lent(body))),
            Some(rest),
        )
    }

    /// Reads what the handler left, while the answer is sent.
    pub(super) fn drain(self, drains: &Arc<Drains>) {
        let mut body =
            std::mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner));
        if body.is_end_stream() {
            return;
        }
        let network = self.peer.as_ref().and_then(|peer| peer.0.network());
        let draining = match self.expects {
            true => None,
            false => drains.enter(network),
        };
        let connection = self.peer.map(|peer| peer.0);
        let Some(draining) = draining else {
            if let Some(connection) = connection {
                connection.leave_unread();
            }
            return;
        };
        tokio::spawn(async move {
            let working = connection.as_ref().map(Connection::work);
            let within = Duration::from_secs(SECONDS);
            let ended = tokio::time::timeout(within, swallow(&mut body)).await;
            if !ended.is_ok_and(|whole| whole)
                && let Some(connection) = &connection
            {
                connection.leave_unread();
            }
            drop((body, working, draining));
        });
    }
}

/// Reads the body to its end; false if it is too long.
async fn swallow(body: &mut Body) -> bool {
    let mut bytes = 0;
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, Bytes::len);
        if bytes > BYTES {
            return false;
        }
    }
    true
}

impl Drains {
    fn enter(self: &Arc<Self>, network: Option<IpAddr>) -> Option<Draining> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = under_way.values().sum();
        let own = under_way.entry(network).or_default();
        let fits = all < OF_ALL && *own < OF_ONE;
        *own += usize::from(fits);
        if *own == 0 {
            under_way.remove(&network);
        }
        fits.then(|| Draining {
            drains: Arc::clone(self),
            network,
        })
    }
}

impl Drop for Draining {
    fn drop(&mut self) {
        let under_way = self.drains.0.lock();
        let mut under_way = under_way.unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = under_way.get_mut(&self.network) {
            *own -= 1;
            if *own == 0 {
                under_way.remove(&self.network);
            }
        }
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let polled = Pin::new(&mut *body).poll_frame(context);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            // Nothing is left of it.
            *body = Body::empty();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rests_of_one_address_are_read_at_once() {
        let drains = Arc::new(Drains::default());
        let here = "192.0.2.1".parse().ok();
        let all: Vec<_> = (0..OF_ONE).map(|_| drains.enter(here)).collect();
        assert!(all.iter().all(Option::is_some) && drains.enter(here).is_none());
        assert!(drains.enter("192.0.2.2".parse().ok()).is_some());
        drop(all);
        assert!(drains.0.lock().unwrap().is_empty());
    }
}
