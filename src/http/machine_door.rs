//! The address for machines: a client may show a certificate there, and what it has proved comes with each request.
//!
//! Nowhere else is a certificate asked for, so that no browser shows a choice of certificates on its way to a page. The
//! handshake proves the key; which machine that is, and whether it still is one, is looked up for each request
//! (`authenticate.rs`). Nothing of a handshake is kept for the next one (`tls.rs`).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use http::{Extensions, HeaderMap, Request};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tower::Service;

use crate::vault::identity::MachineCertificate;

/// What a request says that came to the address for machines.
#[derive(Clone)]
pub(super) struct AtMachines {
    shown: Option<Shown>,
}

/// A certificate whose key its client proved; nothing of it if it cannot be read.
#[derive(Clone)]
pub(super) struct Shown(Option<Arc<MachineCertificate>>);

impl Shown {
    /// The one that the client of this request showed.
    pub(super) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<AtMachines>()?.shown.clone()
    }

    /// The certificate, if it is the only credential of the request and no browser sent it. Which of two a sender means
    /// would be a guess: a program that passes on what others send would lend them its own rights, or be taken for
    /// them. A browser sends its certificate with whatever a page of somebody else makes it ask for.
    pub(super) fn alone(&self, headers: &HeaderMap) -> Option<Arc<MachineCertificate>> {
        let others = [AUTHORIZATION, COOKIE, ORIGIN];
        let is_alone = !others.iter().any(|other| headers.contains_key(other))
            && !headers.contains_key("sec-fetch-site");
        self.0.clone().filter(|_| is_alone)
    }
}

/// Whether a request came to the address for machines.
pub(super) fn is_at_machines(extensions: &Extensions) -> bool {
    extensions.get::<AtMachines>().is_some()
}

/// An acceptor that notes what the handshake of the inner one proved.
#[derive(Clone)]
pub(super) struct Proving<A> {
    inner: A,
    for_machines: bool,
}

impl<A> Proving<A> {
    /// At the address for everybody, where nobody is asked for a certificate.
    pub(super) fn nothing(inner: A) -> Self {
        Self {
            inner,
            for_machines: false,
        }
    }

    /// At the address for machines.
    pub(super) fn machines(inner: A) -> Self {
        Self {
            inner,
            for_machines: true,
        }
    }
}

impl<A, S> Accept<TcpStream, S> for Proving<A>
where
    A: Accept<TcpStream, S, Stream = TlsStream<TcpStream>>,
    A::Future: Send + 'static,
{
    type Stream = A::Stream;
    type Service = Noted<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = self.inner.accept(stream, service);
        let for_machines = self.for_machines;
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let shown = stream.get_ref().1.peer_certificates();
            let shown = shown.and_then(|chain| chain.first());
            let shown = shown.map(|own| Shown(MachineCertificate::of_der(own).map(Arc::new)));
            let note = for_machines.then_some(AtMachines { shown });
            Ok((stream, Noted { service, note }))
        })
    }
}

/// Gives every request what was noted of its connection.
#[derive(Clone)]
pub(super) struct Noted<S> {
    service: S,
    note: Option<AtMachines>,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if let Some(note) = &self.note {
            request.extensions_mut().insert(note.clone());
        }
        self.service.call(request)
    }
}
