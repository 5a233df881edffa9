//! The one place that makes routes: every route is an operation.
//!
//! A route authenticates, reads a bounded body, makes an operation of it and
//! passes it through the door. What a signed-in operator sent and could not be
//! understood gets a leaf too.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tokio::sync::oneshot;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use zeroize::Zeroizing;

use super::ProblemKind;
use super::answer::respond;
use super::app::{App, blocking};
use super::around::{around, on_panic};
use super::authenticate::{address, authenticate, stranger};
use super::problem::Problem;
use super::sessions::Open;
use super::turns::Turn;
use super::upload::{self, Admit};
use super::{body, plain, query};
use crate::domain::ExportId;
use crate::operations::{Empty, Ids, Request as Asked};
use crate::policy::{Action, ActionKind, actions};
use crate::vault::{
    Answer as _, Caller, Ended, Operation, OperationError, Refusal, Reply, Target, Unaudited, Vault,
};

const JSON: &str = "application/json";

/// The routes as they are being listed.
pub(super) struct Routes {
    prefix: &'static str,
    router: Router<Arc<App>>,
    table: Vec<Route>,
}

/// One route, for the API's description and for tests.
#[derive(Clone)]
pub struct Route {
    pub method: Method,
    pub path: String,
    /// The action it is decided and recorded as; none for what anybody may read.
    pub action: Option<ActionKind>,
    pub summary: &'static str,
    pub status: StatusCode,
    /// Whether it takes a session's token.
    pub session: bool,
    pub(super) takes: Takes,
    /// Media types of the answer, and the shape of those that are JSON.
    pub(super) gives: Vec<(&'static str, Option<Shape>)>,
}

/// What the body is.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    Json(Shape),
    /// Members of the query, each a text that must be there.
    Query(&'static [&'static str]),
    File,
}

/// A type as the API's description shows it.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) schema: fn() -> RefOr<Schema>,
    pub(super) nested: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    fn of<T: ToSchema>() -> Self {
        Self {
            schema: <T as PartialSchema>::schema,
            nested: <T as ToSchema>::schemas,
        }
    }
}

impl Routes {
    pub(super) fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            router: Router::new(),
            table: Vec::new(),
        }
    }

    /// An operation that answers JSON.
    pub(super) fn mount<O: Asked>(self, method: Method, path: &str, status: StatusCode) -> Self {
        self.mount_as::<O>(method, path, status, JSON)
    }

    /// An operation that answers something else: text, a proof, a package.
    pub(super) fn mount_as<O: Asked>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
        gives: &'static str,
    ) -> Self {
        let route = describe::<O>(method, status, gives);
        self.add(path, route, move |State(app), request| async move {
            answered(run::<O>(app, request, status).await)
        })
    }

    /// An operation whose input stands in the query: ids and words, no data.
    pub(super) fn mount_query<O: Asked>(self, path: &str, names: &'static [&'static str]) -> Self {
        let route = Route {
            takes: Takes::Query(names),
            ..describe::<O>(Method::GET, StatusCode::OK, JSON)
        };
        self.add(path, route, move |State(app), request| async move {
            answered(run_query::<O>(app, request, names).await)
        })
    }

    /// Two operations at one address: `Accept: application/octet-stream` picks the second.
    pub(super) fn mount_by_accept<O: Asked, B: Asked>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
    ) -> Self {
        let mut route = describe::<O>(method, status, JSON);
        route.gives.push((OCTETS, None));
        self.add(
            path,
            route,
            move |State(app), request: Request| async move {
                let mut response = if wants_octets(request.headers()) {
                    answered(run::<B>(app, request, status).await)
                } else {
                    answered(run::<O>(app, request, status).await)
                };
                response
                    .headers_mut()
                    .insert(header::VARY, HeaderValue::from_static("accept"));
                response
            },
        )
    }

    /// What needs no session: it is throttled by address instead.
    pub(super) fn mount_open<I: Open + 'static>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
    ) -> Self {
        let route = Route {
            method,
            path: String::new(),
            action: Some(I::ACTION),
            summary: I::SUMMARY,
            status,
            session: false,
            takes: Takes::Json(Shape::of::<I>()),
            gives: vec![(JSON, Some(Shape::of::<I::Output>()))],
        };
        self.add(path, route, move |State(app), request| async move {
            answered(run_open::<I>(app, request, status).await)
        })
    }

    /// A file, streamed to the operation that admits it.
    pub(super) fn mount_upload<T: ToSchema>(
        self,
        path: &str,
        summary: &'static str,
        admit: Admit,
    ) -> Self {
        let route = Route {
            method: Method::POST,
            path: String::new(),
            action: Some(ActionKind::BeginExhibit),
            summary,
            status: StatusCode::CREATED,
            session: true,
            takes: Takes::File,
            gives: vec![(JSON, Some(Shape::of::<T>()))],
        };
        self.add(path, route, move |State(app), request| async move {
            answered(upload::upload(app, request, admit).await)
        })
    }

    /// A file, handed out by an operation that writes its own leaves.
    pub(super) fn mount_download(
        self,
        path: &str,
        summary: &'static str,
        gives: &'static str,
        take: Take,
    ) -> Self {
        let route = Route {
            method: Method::GET,
            path: String::new(),
            action: Some(ActionKind::TakePackage),
            summary,
            status: StatusCode::OK,
            session: true,
            takes: Takes::Nothing,
            gives: vec![(gives, None)],
        };
        self.add(path, route, move |State(app), request| async move {
            answered(download(app, request, take).await)
        })
    }

    /// What anybody may read and nobody is recorded for; at the root, where probes
    /// look, and under the prefix like everything else.
    pub(super) fn plain<H, T>(
        mut self,
        path: &'static str,
        summary: &'static str,
        gives: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let prefix = self.prefix;
        for prefix in ["", prefix] {
            let route = Route {
                method: Method::GET,
                path: String::new(),
                action: None,
                summary,
                status: StatusCode::OK,
                session: false,
                takes: Takes::Nothing,
                gives: vec![(gives, None)],
            };
            self.prefix = prefix;
            self = self.add_handler(path, route, handler.clone());
        }
        self
    }

    pub(super) fn into_table(self) -> Vec<Route> {
        self.table
    }

    /// The router, with what is the same for every request around it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes routes: where there is none, a problem"
    )]
    pub(super) fn into_router(self, app: Arc<App>) -> Router {
        self.router
            .fallback(plain::not_found)
            .method_not_allowed_fallback(plain::method_not_allowed)
            .layer(CatchPanicLayer::custom(on_panic))
            .layer(from_fn_with_state(Arc::clone(&app), around))
            .with_state(app)
    }

    fn add<F, R>(self, path: &str, route: Route, handler: F) -> Self
    where
        F: FnOnce(State<Arc<App>>, Request) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Response> + Send + 'static,
    {
        self.add_handler(path, route, handler)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes routes: one for each operation"
    )]
    fn add_handler<H, T>(mut self, path: &str, mut route: Route, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        route.path = format!("{}{path}", self.prefix);
        if let Ok(filter) = MethodFilter::try_from(route.method.clone()) {
            self.router = self.router.route(&route.path, on(filter, handler));
            self.table.push(route);
        }
        self
    }
}

/// The operation that hands a package out.
pub(super) type Take = fn(&Vault, &Caller, &ExportId) -> Result<Reply, Refusal>;

async fn download(app: Arc<App>, request: Request, take: Take) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let caller = authenticate(&app, &parts).await?;
    let ids = ids(&mut parts).await;
    let vault = Arc::clone(&app.vault);
    let reply = blocking(move || match ids.export() {
        Ok(export) => take(&vault, &caller, &export),
        Err(error) => Err(vault.turn_away::<actions::TakePackage>(&caller, Target::Vault, error)),
    })
    .await??;
    respond(reply, StatusCode::OK)
}

const OCTETS: &str = "application/octet-stream";

fn describe<O: Asked>(method: Method, status: StatusCode, gives: &'static str) -> Route {
    let empty = <O::Input as ToSchema>::name() == <Empty as ToSchema>::name();
    Route {
        takes: if empty || method == Method::GET {
            Takes::Nothing
        } else {
            Takes::Json(Shape::of::<O::Input>())
        },
        method,
        path: String::new(),
        action: Some(<O as Operation>::Action::KIND),
        summary: O::SUMMARY,
        status,
        session: true,
        gives: vec![(gives, (gives == JSON).then(Shape::of::<O::Output>))],
    }
}

fn answered(ended: Result<Response, Problem>) -> Response {
    ended.unwrap_or_else(IntoResponse::into_response)
}

async fn run<O: Asked>(
    app: Arc<App>,
    request: Request,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = authenticate(&app, &parts).await?;
    let turn = app.turns.enter(&caller)?;
    let ids = ids(&mut parts).await;
    let bytes = body::read(&app.limits, &parts, body).await;
    pass::<O>(app, caller, turn, ids, bytes, status).await
}

/// The query takes the place of the body.
async fn run_query<O: Asked>(
    app: Arc<App>,
    request: Request,
    names: &'static [&'static str],
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let caller = authenticate(&app, &parts).await?;
    let turn = app.turns.enter(&caller)?;
    let ids = ids(&mut parts).await;
    let json = query::to_json(parts.uri.query().unwrap_or_default(), names);
    pass::<O>(app, caller, turn, ids, json, StatusCode::OK).await
}

async fn pass<O: Asked>(
    app: Arc<App>,
    caller: Caller,
    turn: Turn,
    ids: Ids,
    bytes: Result<Zeroizing<Vec<u8>>, Problem>,
    status: StatusCode,
) -> Result<Response, Problem> {
    // Goes with this request, when it took too long or its client went away: a scan then
    // stops. Whatever was begun goes on to its leaf.
    let (caller, waiting) = caller.waiting();
    let within = Duration::from_secs(app.limits.request_s);
    let reply = tokio::time::timeout(within, act::<O>(&app, caller, &turn, ids, bytes))
        .await
        .map_err(|_| Problem::new(ProblemKind::GivenUp))??;
    drop(waiting);
    respond(reply, status)
}

/// Through the door: a thread reads, and nobody waits for the leaf on a thread.
async fn act<O: Asked>(
    app: &App,
    caller: Caller,
    turn: &Turn,
    ids: Ids,
    bytes: Result<Zeroizing<Vec<u8>>, Problem>,
) -> Result<Reply, Problem> {
    let (back, ended) = oneshot::channel();
    let slot = turn.slot().await;
    let vault = Arc::clone(&app.vault);
    blocking(move || {
        let begun = begin::<O>(&vault, &caller, &ids, bytes, move |ended| {
            // Whoever asked may be gone.
            let _ = back.send(ended);
        });
        drop(slot);
        begun
    })
    .await??;
    // Dropped untold: the leaf is not durable.
    let ended = ended
        .await
        .map_err(|_| Refusal::Unaudited(Unaudited::NotDurable))?;
    let reply = match <O as Operation>::Answer::SMALL {
        true => ended.reply(),
        false => blocking(move || ended.reply()).await?,
    };
    Ok(reply?)
}

/// From bytes to an operation and into the door; what cannot be understood is
/// turned away with a leaf of its own.
fn begin<O: Asked>(
    vault: &Vault,
    caller: &Caller,
    ids: &Ids,
    bytes: Result<Zeroizing<Vec<u8>>, Problem>,
    then: impl FnOnce(Ended<<O as Operation>::Answer>) + Send + 'static,
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
            let error = OperationError::invalid("body", problem.kind.name());
            return Err(turn_away::<O>(vault, caller, target, error, Some(problem)));
        }
    };
    match O::read(ids, input) {
        Ok(operation) => Ok(vault.begin(caller, operation, then)?),
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
    match (refusal, problem) {
        (Refusal::Failed(_, receipt), Some(problem)) => problem.with_leaf(receipt.leaf()),
        (refusal, _) => refusal.into(),
    }
}

async fn run_open<I: Open + 'static>(
    app: Arc<App>,
    request: Request,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let from = address(&parts);
    if let Err(retry_after) = app.throttle.take(from, Instant::now()) {
        app.metrics.count_stranger();
        app.metrics.count_throttled();
        return Err(Problem::new(ProblemKind::Throttled).retry_after(retry_after));
    }
    let bytes = body::read(&app.limits, &parts, body).await;
    let bytes = bytes.map_err(|problem| stranger(&app, from, problem))?;
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
        Ok(reply) => respond(reply, status),
        Err(problem) => {
            // Without a leaf it did not reach the door.
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

/// The identifiers in the path; one that is not text names nothing.
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

fn wants_octets(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.split(';').next())
        .any(|kind| kind.trim().eq_ignore_ascii_case(OCTETS))
}
