//! Authentication: `Authorization: Bearer`, or for pages their cookie, and the session of the token; or the key that a
//! machine proved, if nothing else came with it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use http::header::AUTHORIZATION;
use http::request::Parts;

use super::ProblemKind;
use super::app::{App, blocking};
use super::connection::Peer;
use super::machine_door::Shown;
use super::problem::Problem;
use super::said;
use crate::vault::identity::SessionToken;
use crate::vault::{Caller, Unauthenticated};

/// The caller of a live session. Every other request is counted, and gets `throttled` when the
/// bucket of its address is full.
pub(super) async fn authenticate(app: &Arc<App>, parts: &Parts) -> Result<Caller, Problem> {
    let caller = match Shown::of(&parts.extensions) {
        Some(shown) => signed_in(parts, recognise_machine(app, parts, &shown).await?),
        None => authenticate_as(app, parts, bearer(parts)).await?,
    };
    Ok(caller.saying(said::of_headers(&parts.headers)))
}

/// The same for a token that did not come as `Authorization: Bearer`.
pub(super) async fn authenticate_as(
    app: &Arc<App>,
    parts: &Parts,
    token: Option<SessionToken>,
) -> Result<Caller, Problem> {
    Ok(signed_in(parts, recognise(app, parts, token).await?))
}

/// Notes on the connection that it is somebody's.
fn signed_in(parts: &Parts, caller: Caller) -> Caller {
    if let Some(Peer(connection)) = parts.extensions.get() {
        connection.signed_in();
    }
    caller
}

/// The machine whose key the client proved, if nothing else came with it. Every other one is nobody's, alike.
async fn recognise_machine(
    app: &Arc<App>,
    parts: &Parts,
    shown: &Shown,
) -> Result<Caller, Problem> {
    let Some(certificate) = shown.alone(&parts.headers) else {
        return recognise(app, parts, None).await;
    };
    if let Some(caller) = app.vault.recognise_machine(&certificate) {
        return Ok(caller);
    }
    let vault = Arc::clone(&app.vault);
    let found = blocking(move || vault.authenticate_machine(&certificate)).await?;
    found.map_err(|error| refused(app, parts, error))
}

async fn recognise(
    app: &Arc<App>,
    parts: &Parts,
    token: Option<SessionToken>,
) -> Result<Caller, Problem> {
    let Some(token) = token else {
        return Err(stranger(
            app,
            address(parts),
            Problem::new(ProblemKind::Unauthenticated),
        ));
    };
    if let Some(caller) = app.vault.recognise(&token) {
        return Ok(caller);
    }
    let vault = Arc::clone(&app.vault);
    let found = blocking(move || vault.authenticate(&token)).await?;
    found.map_err(|error| refused(app, parts, error))
}

fn refused(app: &App, parts: &Parts, error: Unauthenticated) -> Problem {
    match error {
        Unauthenticated::Unavailable | Unauthenticated::NodeUnfit | Unauthenticated::Damaged => {
            error.into()
        }
        unauthenticated => stranger(app, address(parts), unauthenticated.into()),
    }
}

/// Counts a request that does not reach the door. It gets `problem`, or `throttled` if there were
/// too many.
pub(super) fn stranger(app: &App, address: Option<IpAddr>, problem: Problem) -> Problem {
    match admit_stranger(app, address) {
        Ok(()) => problem,
        Err(throttled) => throttled,
    }
}

/// Lets whoever has a session read what anybody may, and counts everybody else as a stranger.
pub(super) fn admit_anybody(
    app: &App,
    parts: &Parts,
    token: Option<SessionToken>,
) -> Result<(), Problem> {
    let known = token.is_some_and(|token| app.vault.recognise(&token).is_some());
    match known {
        true => Ok(()),
        false => admit_stranger(app, address(parts)),
    }
}

/// Counts a request without a session before any work is done for it.
pub(super) fn admit_stranger(app: &App, address: Option<IpAddr>) -> Result<(), Problem> {
    app.metrics.count_stranger();
    app.throttle
        .take(address, Instant::now())
        .map_err(|retry_after| {
            app.metrics.count_throttled();
            Problem::new(ProblemKind::Throttled).retry_after(retry_after)
        })
}

/// The address of the client, if the server knows it.
pub(super) fn address(parts: &Parts) -> Option<IpAddr> {
    let Peer(connection) = parts.extensions.get()?;
    Some(connection.address()?.ip())
}

pub(super) fn bearer(parts: &Parts) -> Option<SessionToken> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    SessionToken::parse_bearer(token.trim()).ok()
}
