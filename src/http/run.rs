//! From a request to an answer: authenticate, read a bounded body, make an operation of it, pass
//! it through the door.
//!
//! A request of a signed-in operator that cannot be read gets a leaf too.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::response::Response;
use http::StatusCode;
use http::header::EXPECT;
use http::request::Parts;
use http_body::Body as _;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::ProblemKind;
use super::answer::respond;
use super::app::{App, blocking};
use super::authenticate::{address, authenticate, stranger};
use super::holding::Holding;
use super::problem::Problem;
use super::said;
use super::sessions::Open;
use super::turns::Turn;
use super::{body, query, range};
use crate::operations::{Ids, Request as Asked};
use crate::policy::{Action as _, ActionKind, actions};
use crate::vault::scope::requests::WantedPart;
use crate::vault::{
    Answer, AskChallenge, Caller, Ended, Look, Operation, OperationError, Refusal, Reply, Said,
    Target, Unaudited, Vault, Wire,
};

/// The operation that hands a package out.
pub(super) type Take<I> = fn(&Vault, &Caller, &I, Option<WantedPart>) -> Result<Reply, Refusal>;
/// Reads from the path what the package is of.
pub(super) type Named<I> = fn(&Ids) -> Result<I, OperationError>;

pub(super) async fn download<I: 'static>(
    app: Arc<App>,
    request: Request,
    named: Named<I>,
    take: Take<I>,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let caller = authenticate(&app, &parts).await?;
    let ids = ids(&mut parts).await;
    let part = range::read(&parts.headers);
    let query = query::none(&parts.uri);
    hand_out(&app, caller, ids, part, query, named, take).await
}

/// Hands a package out to somebody who was recognised, unless the query is refused.
pub(super) async fn hand_out<I: 'static>(
    app: &App,
    caller: Caller,
    ids: Ids,
    part: Option<WantedPart>,
    query: Result<(), Problem>,
    named: Named<I>,
    take: Take<I>,
) -> Result<Response, Problem> {
    let turn = app.turns.enter(&caller)?;
    let slot = turn.slot().await;
    let vault = Arc::clone(&app.vault);
    let reply = blocking(move || {
        let away = |error| vault.turn_away::<actions::TakePackage>(&caller, Target::Vault, error);
        let taken = match (query, named(&ids)) {
            (Err(problem), _) => Err(with_leaf(away(unread(&problem)), Some(problem))),
            (_, Err(error)) => Err(away(error).into()),
            (_, Ok(id)) => take(&vault, &caller, &id, part).map_err(Problem::from),
        };
        drop(slot);
        taken
    })
    .await??;
    // It is under way until its last byte is sent.
    let response = respond(reply, StatusCode::OK)?;
    Ok(response.map(|body| Body::new(Holding::new(body, turn))))
}

/// Writes a view as CSV.
pub(super) type ToCsv<V> = fn(&V) -> Result<Zeroizing<Vec<u8>>, OperationError>;

/// The bytes of a request's input, or what is wrong with them.
type Input = Result<Zeroizing<Vec<u8>>, Problem>;
/// Makes an answer of an operation that has ended.
type Made<T> = Box<dyn FnOnce() -> Result<T, Refusal> + Send>;
/// What was looked at before, and where to send how it ended.
type Begun<T> = (Option<Look>, oneshot::Sender<Made<T>>);
/// Decodes an operation and begins it; how it ended is sent.
type Begin<T> =
    Box<dyn FnOnce(&Vault, &Caller, &Ids, Input, Begun<T>) -> Result<(), Problem> + Send>;
/// Decides whether a caller may send a body.
pub(super) type Permit = fn(&Vault, &Caller, &Ids) -> Result<(), Refusal>;

/// An operation without its type: what waits for it is compiled once, and not for each operation.
pub(super) struct Act<T> {
    begin: Begin<T>,
    permit: Permit,
    small: bool,
    is_in_memory: bool,
    action: ActionKind,
}

impl<T: Send + 'static> Act<T> {
    /// `with` makes something of how it ended, on an async thread if that is a `small` thing.
    pub(super) fn of<O: Asked>(
        small: bool,
        with: impl FnOnce(Ended<<O as Operation>::Answer>) -> Result<T, Refusal> + Send + 'static,
    ) -> Self {
        Self {
            begin: Box::new(move |vault, caller, ids, input, (look, back)| {
                let then = move |ended| {
                    let made: Made<T> = Box::new(move || with(ended));
                    // The client may have disconnected.
                    let _ = back.send(made);
                };
                begin::<O>(vault, caller, ids, input, look, Box::new(then))
            }),
            permit: permit::<O>,
            small,
            is_in_memory: O::IS_IN_MEMORY,
            action: <O as Operation>::Action::KIND,
        }
    }
}

/// An operation whose answer is sent as it is.
pub(super) fn replying<O: Asked>() -> Act<Reply> {
    Act::of::<O>(O::SMALL, Ended::reply)
}

/// The same for an act that a passkey signs: with the header `Passkey-Assertion: ask` the answer is what it is to
/// sign, and nothing is done.
pub(super) async fn run_signed(
    app: Arc<App>,
    request: Request,
    status: StatusCode,
    act: fn() -> Act<Reply>,
    ask: Ask,
) -> Result<Response, Problem> {
    match said::of_headers(request.headers()) {
        Some(Said::AsksChallenge) => run(app, request, StatusCode::OK, ask()).await,
        _ => run(app, request, status, act()).await,
    }
}

/// What answers with the challenge for an act.
pub(super) type Ask = fn() -> Act<Reply>;

/// The challenge for the act `O`.
pub(super) fn asking<O: Asked>() -> Act<Reply> {
    replying::<AskChallenge<O>>()
}

/// The same, and its view as CSV.
pub(super) fn as_csv<O: Asked>(
    csv: ToCsv<<<O as Operation>::Answer as Answer>::View>,
) -> Act<Reply> {
    Act::of::<O>(false, move |ended| {
        let (leaf, wire) = ended.render(|view, _| {
            let mut bytes = csv(&view)?;
            Ok(Wire::bytes(
                "text/csv; charset=utf-8",
                std::mem::take(&mut *bytes),
            ))
        })?;
        Ok(Reply { leaf, wire })
    })
}

/// Runs an operation whose input is the JSON body.
pub(super) async fn run(
    app: Arc<App>,
    request: Request,
    status: StatusCode,
    act: Act<Reply>,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = authenticate(&app, &parts).await?;
    let turn = app.turns.enter(&caller)?;
    let ids = ids(&mut parts).await;
    let input = match query::none(&parts.uri) {
        Ok(()) => read_body(&app, &caller, &ids, &parts, body, body::JSON, act.permit)
            .await
            .map_err(|problem| problem.of_action(act.action))?,
        Err(problem) => Err(problem),
    };
    let reply = pass(&app, caller, &turn, ids, input, act).await?;
    respond(reply, status)
}

/// How long a small body that was sent with the head may take until the right is decided first.
const AT_ONCE: Duration = Duration::from_millis(100);
/// The largest body that is small.
const SMALL: u64 = 16 * 1024;

/// Reads the body of somebody who may send it. Whoever makes the server wait for a body, by its
/// size or by `Expect: 100-continue`, has their right decided first; a small body that is there
/// already is read as it is, and its sender's right is decided by the act itself.
pub(super) async fn read_body(
    app: &Arc<App>,
    caller: &Caller,
    ids: &Ids,
    parts: &Parts,
    body: Body,
    media: &'static str,
    permit: Permit,
) -> Result<Input, Problem> {
    if body.is_end_stream() {
        return Ok(body::read(&app.limits, parts, body, media).await);
    }
    let here = body.size_hint().exact().is_some_and(|size| size <= SMALL)
        && !parts.headers.contains_key(EXPECT);
    let mut reading = pin!(body::read(&app.limits, parts, body, media));
    if here && let Ok(bytes) = tokio::time::timeout(AT_ONCE, &mut reading).await {
        return Ok(bytes);
    }
    let (vault, caller, ids) = (Arc::clone(&app.vault), caller.clone(), ids.clone());
    blocking(move || permit(&vault, &caller, &ids)).await??;
    Ok(reading.await)
}

/// Decides whether the caller may send the body of this operation.
pub(super) fn permit<O: Asked>(vault: &Vault, caller: &Caller, ids: &Ids) -> Result<(), Refusal> {
    match <O as Asked>::target(ids) {
        Ok(target) => vault.permit::<<O as Operation>::Action>(caller, &target),
        Err(error) => {
            Err(vault.turn_away::<<O as Operation>::Action>(caller, Target::Vault, error))
        }
    }
}

/// Runs an operation whose input is the query.
pub(super) async fn run_query(
    app: Arc<App>,
    request: Request,
    names: &'static [&'static str],
    act: Act<Reply>,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let caller = authenticate(&app, &parts).await?;
    let turn = app.turns.enter(&caller)?;
    let ids = ids(&mut parts).await;
    let json = query::to_json(parts.uri.query().unwrap_or_default(), names);
    let reply = pass(&app, caller, &turn, ids, json, act).await?;
    respond(reply, StatusCode::OK)
}

/// Passes an operation through the door, in the time that a request has.
pub(super) async fn pass<T: Send + 'static>(
    app: &App,
    caller: Caller,
    turn: &Turn,
    ids: Ids,
    input: Input,
    act: Act<T>,
) -> Result<T, Problem> {
    // Dropped with this future if the request times out or the client disconnects; running scans
    // then stop. An operation that has begun still writes its leaf.
    let (caller, waiting) = caller.waiting();
    let within = Duration::from_secs(app.limits.request_s);
    let Act {
        begin,
        small,
        is_in_memory,
        action,
        ..
    } = act;
    let acted = async {
        // Before it takes a turn: many wait for one look, and hold no thread.
        let look = match is_in_memory {
            true => looked(&app.vault).await,
            false => None,
        };
        let made = begun(app, caller, turn, ids, input, look, begin).await?;
        let made = match small {
            true => made(),
            false => blocking(made).await?,
        };
        Ok(made?)
    };
    let made = tokio::time::timeout(within, acted)
        .await
        .map_err(|_| Problem::new(ProblemKind::GivenUp))?;
    drop(waiting);
    made.map_err(|problem: Problem| problem.of_action(action))
}

/// Where the log's head is, if a server has it. Whoever is not told looks on the reader thread.
async fn looked(vault: &Vault) -> Option<Look> {
    let (back, seen) = oneshot::channel();
    vault.look(move |look| drop(back.send(look)));
    seen.await.ok().flatten()
}

/// A reader thread runs the operation; no thread waits for the leaf.
async fn begun<T: Send + 'static>(
    app: &App,
    caller: Caller,
    turn: &Turn,
    ids: Ids,
    input: Input,
    look: Option<Look>,
    begin: Begin<T>,
) -> Result<Made<T>, Problem> {
    let (back, ended) = oneshot::channel();
    let slot = turn.slot().await;
    let vault = Arc::clone(&app.vault);
    blocking(move || {
        let begun = begin(&vault, &caller, &ids, input, (look, back));
        drop(slot);
        begun
    })
    .await??;
    // If the sender was dropped, the leaf is not durable.
    let ended = ended
        .await
        .map_err(|_| Refusal::Unaudited(Unaudited::NotDurable))?;
    Ok(ended)
}

/// Decodes the operation and begins it. A request that cannot be read is refused with a leaf.
fn begin<O: Asked>(
    vault: &Vault,
    caller: &Caller,
    ids: &Ids,
    bytes: Input,
    look: Option<Look>,
    then: Box<dyn FnOnce(Ended<<O as Operation>::Answer>) + Send>,
) -> Result<(), Problem> {
    let target = match <O as Asked>::target(ids) {
        Ok(target) => target,
        Err(error) => {
            return Err(turn_away::<O>(vault, caller, Target::Vault, error, None));
        }
    };
    let input = match bytes.and_then(|bytes| body::decode::<O::Input>(&bytes)) {
        Ok(input) => input,
        Err(problem) => {
            let error = unread(&problem);
            return Err(turn_away::<O>(vault, caller, target, error, Some(problem)));
        }
    };
    match O::read(ids, input) {
        Ok(operation) => Ok(vault.begin(caller, operation, look, then)?),
        Err(error) => Err(turn_away::<O>(vault, caller, target, error, None)),
    }
}

fn turn_away<O: Asked>(
    vault: &Vault,
    caller: &Caller,
    target: Target,
    error: OperationError,
    problem: Option<Problem>,
) -> Problem {
    let refusal = vault.turn_away::<<O as Operation>::Action>(caller, target, error);
    with_leaf(refusal, problem)
}

/// What the leaf of a request says that could not be read.
fn unread(problem: &Problem) -> OperationError {
    OperationError::invalid("body", problem.kind.name())
}

/// The problem with the leaf that records it; the refusal itself where there is no other.
fn with_leaf(refusal: Refusal, problem: Option<Problem>) -> Problem {
    match (refusal, problem) {
        (Refusal::Failed(_, receipt), Some(problem)) => problem.with_leaf(receipt.leaf()),
        (refusal, _) => refusal.into(),
    }
}

/// Runs a request without a session; it is throttled by address.
pub(super) async fn run_open<I: Open + 'static>(
    app: Arc<App>,
    request: Request,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let from = address(&parts);
    admit_open(&app, from)?;
    let bytes = match query::none(&parts.uri) {
        Ok(()) => body::read(&app.limits, &parts, body, body::JSON).await,
        Err(problem) => Err(problem),
    };
    let bytes = bytes.map_err(|problem| stranger(&app, from, problem))?;
    respond(open::<I>(&app, from, bytes).await?, status)
}

/// Lets a request without a session in, before anything of it is read.
pub(super) fn admit_open(app: &App, from: Option<IpAddr>) -> Result<(), Problem> {
    app.throttle
        .take(from, Instant::now())
        .map_err(|retry_after| {
            app.metrics.count_stranger();
            app.metrics.count_throttled();
            Problem::new(ProblemKind::Throttled).retry_after(retry_after)
        })
}

/// Does what a request without a session asks for in JSON. A password is hashed, so there are only so many turns.
pub(super) async fn open<I: Open + 'static>(
    app: &Arc<App>,
    from: Option<IpAddr>,
    bytes: Zeroizing<Vec<u8>>,
) -> Result<Reply, Problem> {
    let within = Duration::from_secs(app.limits.request_s);
    let turn = tokio::time::timeout(within, app.hashing.acquire()).await;
    let Ok(Ok(_turn)) = turn else {
        return Err(Problem::new(ProblemKind::Busy).retry_after(1));
    };
    let vault = Arc::clone(&app.vault);
    let reply =
        blocking(move || body::decode::<I>(&bytes).and_then(|input| input.run(&vault, from)))
            .await?;
    match reply {
        Ok(reply) => Ok(reply),
        Err(problem) => {
            // Without a leaf, it did not reach the door.
            if problem.leaf.is_none() {
                app.metrics.count_stranger();
            }
            if problem.kind == ProblemKind::Throttled {
                app.metrics.count_throttled();
            }
            Err(problem)
        }
    }
}

/// The identifiers in the path; none of them if one is not UTF-8.
pub(super) async fn ids(parts: &mut Parts) -> Ids {
    let named = match RawPathParams::from_request_parts(parts, &()).await {
        Ok(params) => params
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        Err(_) => Vec::new(),
    };
    Ids::new(named)
}
