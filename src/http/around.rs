//! The layers around every request: its id, the headers of the answer, the body of a problem, a
//! line in the log.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, header};

use super::ProblemKind;
use super::app::App;
use super::connection::{Connection, Peer};
use super::drain::Rest;
use super::head;
use super::holding::Holding;
use super::machine_door::is_at_machines;
use super::pages::{PREFIX, bare_refusal};
use super::problem::Problem;
use crate::domain::Moment;

/// Headers of every answer, unless it has its own: it must not be framed, cached or sniffed.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::STRICT_TRANSPORT_SECURITY,
        "max-age=63072000; includeSubDomains",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// If no route matched, the log and the metrics have this word instead of the path.
const UNMATCHED: &str = "unmatched";

pub(super) async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let in_flight = app.metrics.begin();
    let request_id = app.request_id();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| UNMATCHED.to_owned(), |path| path.as_str().to_owned());
    let peer = request.extensions().get::<Peer>().cloned();
    let connection = peer.map(|peer| peer.0);
    let working = connection.as_ref().map(Connection::work);
    let checked = head::check(&app.limits, &request);
    let checked = checked.and_then(|()| match has_no_page(&request) {
        true => Err(Problem::new(ProblemKind::NotFound)),
        false => Ok(()),
    });
    let (request, rest) = Rest::of(request);
    // A browser that asks for a page gets a page, whatever the answer.
    let page = is_page(request.uri().path()).then(|| app.vault.clock().time);
    let response = match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            drop(request);
            problem.into_response()
        }
    };
    let mut response = finish(&app, response, &request_id, page);
    if let Some(rest) = rest {
        rest.drain(&app.drains);
    }
    if let Some(connection) = &connection {
        let answering = connection.answer();
        response = response.map(|body| Body::new(Holding::new(body, answering)));
    }
    drop(working);
    drop(in_flight);
    let status = response.status().as_u16();
    app.metrics.count(&method, &route, status);
    let leaf = response
        .headers()
        .get("audit-leaf")
        .and_then(|value| value.to_str().ok());
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        http.method = %method_word(&method),
        http.route = %route,
        http.status = status,
        audit.leaf = leaf,
        time.millis = millis,
        request.id = %request_id,
        "request"
    );
    response
}

/// The problem in place of an answer that HTTP/1.1 made by itself, for a request that no route has
/// seen. `bytes` are what is about to be written: such an answer has neither body nor request id.
pub(super) fn bare_answer(app: &App, bytes: &[u8]) -> Option<Vec<u8>> {
    let head = bytes.strip_prefix(b"HTTP/1.1 ")?;
    let own = |part: &[u8]| head.windows(part.len()).any(|other| other == part);
    if head.len() > 1024 || !head.ends_with(b"\r\n\r\n") || own(b"\r\nrequest-id: ") {
        return None;
    }
    let kind = match head.first_chunk::<3>()? {
        b"400" => ProblemKind::MalformedRequest,
        b"414" => ProblemKind::AddressTooLong,
        b"431" => ProblemKind::HeadersTooLarge,
        _ => return None,
    };
    let request_id = app.request_id();
    let problem = Problem::new(kind);
    let body = problem.to_json(&request_id);
    let response = finish(app, problem.into_response(), &request_id, None);
    let mut words = format!("HTTP/1.1 {}\r\nconnection: close\r\n", kind.status()).into_bytes();
    for (name, value) in response.headers() {
        let name: &[u8] = name.as_ref();
        words.extend_from_slice(&[name, b": ", value.as_bytes(), b"\r\n"].concat());
    }
    words.extend_from_slice(b"\r\n");
    words.extend_from_slice(&body);
    app.metrics
        .count(&Method::CONNECT, UNMATCHED, kind.status().as_u16());
    app.metrics.count_stranger();
    tracing::info!(
        http.method = "other",
        http.route = UNMATCHED,
        http.status = kind.status().as_u16(),
        request.id = %request_id,
        "request"
    );
    Some(words)
}

/// The answer after a caught panic; the text of the panic is dropped.
pub(super) fn on_panic(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::new(ProblemKind::Internal).into_response()
}

fn is_page(path: &str) -> bool {
    let rest = path.strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether it asks for a page where machines come: people are asked for no certificate, so they have none there.
fn has_no_page(request: &Request) -> bool {
    is_at_machines(request.extensions()) && is_page(request.uri().path())
}

/// `page` is the time for an answer that is to be a page.
fn finish(app: &App, mut response: Response, request_id: &str, page: Option<Moment>) -> Response {
    let problem = response.extensions_mut().remove::<Problem>();
    if let (Some(problem), Some(now)) = (&problem, page) {
        let (parts, body) = bare_refusal(problem, now).into_parts();
        response.headers_mut().extend(parts.headers);
        *response.body_mut() = body;
    } else if let Some(problem) = problem {
        let body = problem.to_json(request_id);
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        *response.body_mut() = Body::from(body);
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A page says by itself what it may do.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if app.is_demo() {
        // A browser would refuse plain HTTP of every other program on this machine for two years.
        headers.remove(header::STRICT_TRANSPORT_SECURITY);
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("request-id", value);
    }
    response
}

/// Clients can invent methods, so only known ones are logged.
fn method_word(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}
