//! Mounts operations as routes and as pages. No other file uses axum's router.
//!
//! It puts a handler of `run` or `upload` at each path, and lists the route for the API's
//! description.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http::{HeaderValue, Method, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::ToSchema;

use super::accept;
use super::app::App;
use super::around::{around, on_panic};
use super::pages::{self, PageKind};
use super::plain;
use super::problem::Problem;
use super::route::{PageRoute, Route, Shape, Takes};
use super::run::{self, Named, Take, ToCsv};
use super::sessions::Open;
use super::sheet;
use super::upload::{self, Admit};
use crate::console::exhibit::UPLOADED;
use crate::console::{Field, Page};
use crate::operations::{Docs, Empty, Request as Asked, Sheet};
use crate::policy::{Action, ActionKind};
use crate::vault::{Answer, Operation};

const JSON: &str = "application/json";

/// The routes mounted so far.
pub(super) struct Routes {
    prefix: &'static str,
    router: Router<Arc<App>>,
    table: Vec<Route>,
    pages: Vec<PageRoute>,
}

impl Routes {
    pub(super) fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            router: Router::new(),
            table: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// Mounts an operation that answers JSON.
    pub(super) fn mount<O: Asked>(self, method: Method, path: &str, status: StatusCode) -> Self {
        self.mount_as::<O>(method, path, status, JSON)
    }

    /// The same for an act that a passkey signs.
    pub(super) fn mount_signed<O: Asked>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
    ) -> Self {
        let route = Route {
            signed: true,
            ..describe::<O>(method, status, JSON)
        };
        self.add(path, route, move |app, request| {
            run::run_signed(app, request, status, run::replying::<O>, run::asking::<O>)
        })
    }

    /// Mounts an operation that answers another media type, such as text.
    pub(super) fn mount_as<O: Asked>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
        gives: &'static str,
    ) -> Self {
        let route = describe::<O>(method, status, gives);
        self.add(path, route, move |app, request| {
            run::run(app, request, status, run::replying::<O>())
        })
    }

    /// Mounts an operation whose input is in the query: ids and words, no data.
    pub(super) fn mount_query<O: Asked>(self, path: &str, names: &'static [&'static str]) -> Self {
        let route = Route {
            takes: Takes::Query(Shape::of::<O::Input>()),
            ..describe::<O>(Method::GET, StatusCode::OK, JSON)
        };
        self.add(path, route, move |app, request| {
            run::run_query(app, request, names, run::replying::<O>())
        })
    }

    /// Mounts an operation that lists: its input is in the query, and `Accept: text/csv` gets its rows as CSV.
    pub(super) fn mount_list<O: Asked>(self, path: &str, names: &'static [&'static str]) -> Self
    where
        View<O>: Sheet,
    {
        let mut route = Route {
            takes: Takes::Query(Shape::of::<O::Input>()),
            ..describe::<O>(Method::GET, StatusCode::OK, JSON)
        };
        route.gives.push((sheet::CSV, None));
        self.add(path, route, move |app, request| {
            sheet::run_list(app, request, names, sheet::listing::<O>)
        })
    }

    /// Mounts an operation whose view is JSON, or CSV for `Accept: text/csv`.
    pub(super) fn mount_csv<O: Asked>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
        csv: ToCsv<View<O>>,
    ) -> Self {
        let mut route = describe::<O>(method, status, JSON);
        route.gives.push((sheet::CSV, None));
        self.add(path, route, move |app, request: Request| {
            let act = match accept::choose(request.headers(), &sheet::FORMS) {
                Some(1) => run::as_csv::<O>(csv),
                _ => run::replying::<O>(),
            };
            varying(run::run(app, request, status, act))
        })
    }

    /// Mounts two operations at one path: `Accept` with the other media type picks the second.
    pub(super) fn mount_by_accept<O: Asked, B: Asked>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
        other: &'static str,
    ) -> Self {
        let mut route = describe::<O>(method, status, JSON);
        route.gives.push((other, None));
        self.add(path, route, move |app, request: Request| {
            let act = match accept::choose(request.headers(), &[JSON, other]) {
                Some(1) => run::replying::<B>(),
                _ => run::replying::<O>(),
            };
            varying(run::run(app, request, status, act))
        })
    }

    /// Mounts a request without a session. It is throttled by address.
    pub(super) fn mount_open<I: Open + 'static>(
        self,
        method: Method,
        path: &str,
        status: StatusCode,
    ) -> Self {
        let route = Route {
            session: false,
            takes: Takes::Json(Shape::of::<I>()),
            gives: vec![(JSON, Some(Shape::of::<I::Output>()))],
            ..Route::of(method, Some(I::ACTION), I::DOCS, status)
        };
        self.add(path, route, move |app, request| {
            run::run_open::<I>(app, request, status)
        })
    }

    /// Mounts an upload, streamed to the operation that admits it. A dry run of it answers `D`, of which there is an
    /// example.
    pub(super) fn mount_upload<T: ToSchema, D: ToSchema>(
        self,
        path: &str,
        docs: Docs,
        dry_run: &'static str,
        admit: Admit,
    ) -> Self {
        let action = Some(ActionKind::BeginExhibit);
        let route = Route {
            takes: Takes::File,
            also: Some((StatusCode::OK, Shape::of::<D>(), dry_run)),
            gives: vec![(JSON, Some(Shape::of::<T>()))],
            ..Route::of(Method::POST, action, docs, StatusCode::CREATED)
        };
        self.add(path, route, move |app, request| {
            upload::upload(app, request, admit)
        })
    }

    /// Mounts a download, by an operation that writes its own leaves.
    pub(super) fn mount_download<I: 'static>(
        self,
        path: &str,
        docs: Docs,
        gives: &'static str,
        named: Named<I>,
        take: Take<I>,
    ) -> Self {
        let action = Some(ActionKind::TakePackage);
        let route = Route {
            takes: Takes::Part,
            signed: true,
            gives: vec![(gives, None)],
            ..Route::of(Method::GET, action, docs, StatusCode::OK)
        };
        self.add(path, route, move |app, request| {
            run::download(app, request, named, take)
        })
    }

    /// Mounts a page that anybody may read and that writes no leaf: at the root, for probes, and
    /// under the prefix.
    pub(super) fn plain<H, T>(
        mut self,
        path: &'static str,
        docs: Docs,
        gives: &'static [&'static str],
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let prefix = self.prefix;
        for prefix in ["", prefix] {
            let route = Route {
                session: false,
                again: !prefix.is_empty(),
                gives: gives.iter().map(|form| (*form, None)).collect(),
                ..Route::of(Method::GET, None, docs, StatusCode::OK)
            };
            self.prefix = prefix;
            self = self.add_handle(path, route, answering(handler.clone(), gives));
        }
        self
    }

    /// The same under the prefix only.
    pub(super) fn plain_here<A: ToSchema, H, T>(
        self,
        path: &'static str,
        docs: Docs,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let route = Route {
            session: false,
            gives: vec![(JSON, Some(Shape::of::<A>()))],
            ..Route::of(Method::GET, None, docs, StatusCode::OK)
        };
        self.add_handle(path, route, answering(handler, &[JSON]))
    }

    /// Mounts a page: the view of an operation.
    pub(super) fn page<P: Page>(self, path: &str, method: Method) -> Self {
        self.page_with::<P>(path, method, None)
    }

    /// The same for a form whose act a passkey signs.
    pub(super) fn signed_page<P: Page>(self, path: &str, method: Method) -> Self {
        self.page_with::<P>(path, method, Some(run::asking::<P::Operation>))
    }

    fn page_with<P: Page>(self, path: &str, method: Method, ask: Option<run::Ask>) -> Self {
        let action = Some(<<P::Operation as Operation>::Action as Action>::KIND);
        let api = path.strip_prefix(pages::PREFIX);
        let api = api.map(|rest| format!("{}{rest}", self.prefix));
        let same_path = self.table.iter().any(|route| {
            route.method == Method::GET
                && route.action == action
                && api.as_ref() == Some(&route.path)
        });
        let kind = PageKind::of::<P>();
        let handler = handle(move |app: Arc<App>, request: Request| async move {
            match *request.method() {
                Method::HEAD => plain::method_not_allowed(State(app), request).await,
                _ => pages::page(app, request, same_path, (kind, ask)).await,
            }
        });
        let mounted = self.add_page(path, method, action, P::KEPT, handler);
        match ask {
            Some(_) => mounted.signing(),
            None => mounted,
        }
    }

    /// Says of the page that was mounted last that a passkey signs its act.
    fn signing(mut self) -> Self {
        if let Some(page) = self.pages.last_mut() {
            page.signed = true;
        }
        self
    }

    /// Mounts the form that hands a package out to a browser.
    pub(super) fn package_page<I: 'static>(
        self,
        path: &'static str,
        named: Named<I>,
        take: Take<I>,
    ) -> Self {
        let handler = handle(move |app, request| pages::package(app, request, named, take));
        self.add_page(
            path,
            Method::POST,
            Some(ActionKind::TakePackage),
            &[],
            handler,
        )
        .signing()
    }

    /// Mounts the form that admits a file of a browser.
    pub(super) fn upload_page(self, path: &'static str) -> Self {
        let handler = handle(pages::upload);
        self.add_page(
            path,
            Method::POST,
            Some(ActionKind::BeginExhibit),
            UPLOADED,
            handler,
        )
    }

    /// Mounts a page for people without a session. Reading one is counted like any request of a stranger; a form is
    /// counted when it is read.
    pub(super) fn open_page<H, T>(self, path: &'static str, method: Method, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        let counted = handle(move |app: Arc<App>, request: Request| {
            let handler = handler.clone();
            async move {
                let (parts, body) = request.into_parts();
                let admitted = match parts.method == Method::POST {
                    true => Ok(()),
                    false => pages::admit(&app, &parts),
                };
                match admitted {
                    Ok(()) => handler.call(Request::from_parts(parts, body), app).await,
                    Err(problem) => problem.into_response(),
                }
            }
        });
        self.add_page(path, method, None, &[], counted)
    }

    fn add_page(
        mut self,
        path: &str,
        method: Method,
        action: Option<ActionKind>,
        kept: &'static [Field],
        handle: Handle,
    ) -> Self {
        self.pages.push(PageRoute {
            method: method.clone(),
            path: path.to_owned(),
            action,
            signed: false,
            kept,
        });
        self.put(path, method, handle)
    }

    pub(super) fn into_table(self) -> Vec<Route> {
        self.table
    }

    pub(super) fn into_page_table(self) -> Vec<PageRoute> {
        self.pages
    }

    /// The router, with the layers of `around`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes routes: where there is none, a problem"
    )]
    pub(super) fn into_router(self, app: Arc<App>) -> Router {
        // Of one router alone; whoever made another one of the same routes has set the same.
        let _ = app.allowed.set(self.allowed());
        let _ = app.pages.set(self.pages);
        self.router
            .fallback(plain::not_found)
            .method_not_allowed_fallback(plain::method_not_allowed)
            .layer(CatchPanicLayer::custom(on_panic))
            .layer(from_fn_with_state(Arc::clone(&app), around))
            .with_state(app)
    }

    /// The methods of each path. `HEAD` is for what anybody may read and nobody is recorded for.
    fn allowed(&self) -> BTreeMap<String, HeaderValue> {
        let routes = self.table.iter();
        let routes = routes.map(|route| (route.path.as_str(), &route.method, route.action));
        let pages = self.pages.iter();
        let pages = pages.map(|page| (page.path.as_str(), &page.method, page.action));
        let mut allowed: BTreeMap<&str, String> = BTreeMap::new();
        for (path, method, action) in routes.chain(pages) {
            let methods = allowed.entry(path).or_default();
            let head = *method == Method::GET && action.is_none();
            let head = head.then_some("HEAD");
            for method in [method.as_str()].into_iter().chain(head) {
                let comma = if methods.is_empty() { "" } else { "," };
                methods.push_str(comma);
                methods.push_str(method);
            }
        }
        let value =
            |(path, methods): (&str, String)| Some((path.to_owned(), methods.try_into().ok()?));
        allowed.into_iter().filter_map(value).collect()
    }

    fn add<R>(
        self,
        path: &str,
        route: Route,
        handler: impl Fn(Arc<App>, Request) -> R + Send + Sync + 'static,
    ) -> Self
    where
        R: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let answer: Handle = Arc::new(move |app, request| answered(handler(app, request)));
        self.add_checked(path, route, answer)
    }

    fn add_checked(self, path: &str, route: Route, answer: Handle) -> Self {
        let offered: Arc<[&'static str]> = route.gives.iter().map(|(form, _)| *form).collect();
        let checked = handle(move |app: Arc<App>, request: Request| {
            let (answer, offered) = (Arc::clone(&answer), Arc::clone(&offered));
            async move {
                // Every operation has a leaf, some have a price, one hands a package out: none is
                // done for somebody who wants the head of the answer only.
                if request.method() == Method::HEAD {
                    return plain::method_not_allowed(State(app), request).await;
                }
                match accept::choose(request.headers(), &offered) {
                    Some(_) => answer(app, request).await,
                    None => plain::not_acceptable(State(app), request).await,
                }
            }
        });
        self.add_handle(path, route, checked)
    }

    fn add_handle(mut self, path: &str, mut route: Route, handle: Handle) -> Self {
        route.path = format!("{}{path}", self.prefix);
        self = self.put(&route.path, route.method.clone(), handle);
        self.table.push(route);
        self
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes routes: one for each operation"
    )]
    fn put(mut self, path: &str, method: Method, handle: Handle) -> Self {
        if let Ok(filter) = MethodFilter::try_from(method) {
            let handler = move |State(app): State<Arc<App>>, request: Request| handle(app, request);
            self.router = self.router.route(path, on(filter, handler));
        }
        self
    }
}

/// What answers the requests of a route, without its type: axum's part of it is compiled once.
type Handle = Arc<dyn Fn(Arc<App>, Request) -> Answering + Send + Sync>;
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

fn handle<R>(handler: impl Fn(Arc<App>, Request) -> R + Send + Sync + 'static) -> Handle
where
    R: Future<Output = Response> + Send + 'static,
{
    Arc::new(move |app, request| Box::pin(handler(app, request)))
}

/// Answers if one of these forms is accepted.
fn answering<H, T>(handler: H, gives: &'static [&'static str]) -> Handle
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    handle(move |app: Arc<App>, request: Request| {
        let handler = handler.clone();
        async move {
            match accept::choose(request.headers(), gives) {
                Some(_) => handler.call(request, app).await,
                None => plain::not_acceptable(State(app), request).await,
            }
        }
    })
}

fn answered<R>(ended: R) -> Answering
where
    R: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    Box::pin(async move { ended.await.unwrap_or_else(IntoResponse::into_response) })
}

/// Says in the answer that it depends on the header `Accept`.
async fn varying(
    ended: impl Future<Output = Result<Response, Problem>> + Send,
) -> Result<Response, Problem> {
    let mut response = ended.await.unwrap_or_else(IntoResponse::into_response);
    let accept = HeaderValue::from_static("accept");
    response.headers_mut().insert(header::VARY, accept);
    Ok(response)
}

fn describe<O: Asked>(method: Method, status: StatusCode, gives: &'static str) -> Route {
    let empty = <O::Input as ToSchema>::name() == <Empty as ToSchema>::name();
    let nothing = empty || method == Method::GET;
    Route {
        takes: match nothing {
            true => Takes::Nothing,
            false => Takes::Json(Shape::of::<O::Input>()),
        },
        gives: vec![(gives, (gives == JSON).then(Shape::of::<View<O>>))],
        ..Route::of(
            method,
            Some(<O as Operation>::Action::KIND),
            O::DOCS,
            status,
        )
    }
}

/// The view of an operation's answer.
type View<O> = <<O as Operation>::Answer as Answer>::View;
