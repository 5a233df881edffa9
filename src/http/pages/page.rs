//! From a request for a page to the page: where it comes from, whose it is, its form, the door, the template.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request as HttpRequest;
use axum::response::Response;
use http::header::{HeaderName, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::super::ProblemKind;
use super::super::app::App;
use super::super::authenticate::{address, authenticate_as, stranger};
use super::super::body;
use super::super::problem::{InTheWay, Problem};
use super::super::run::{Ask, pass, read_body};
use super::super::said;
use super::kind::PageKind;
use super::{arrival, cookie, made_up, passkeys_at, respond, visit};
use crate::console::session::{GoOn, SignInPage};
use crate::console::{
    Field, Form, Html, RefusedPage, Shown, Sitting, Visit, curl, escaped, next_page,
};
use crate::domain::{Purpose, Reason};
use crate::vault::{Body as Wired, Caller, Reply, Rights};

/// Answers a request for a page.
///
/// `same_path`: a `GET` of the API has the path of this one, and the same operation. With `ask`, its act is one that a
/// passkey signs.
pub(in crate::http) async fn page(
    app: Arc<App>,
    request: HttpRequest,
    same_path: bool,
    (page, ask): (PageKind, Option<Ask>),
) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut visit = visit::begin(&app, &mut parts).await;
    if !arrival::is_own(&parts) {
        return from_elsewhere(&page, &app, &parts, &visit);
    }
    if arrival::is_opened(&parts) && parts.method == Method::GET && costs(&page, &parts, &visit) {
        return go_on(&parts, &visit);
    }
    let token = cookie::session(&parts.headers).map(|(token, _)| token);
    let caller = match authenticate_as(&app, &parts, token).await {
        Ok(caller) => caller,
        Err(problem) => {
            visit.form = small_form(&app, &parts, body).await;
            forget_numbers(&page, &mut visit.form);
            return nobody(&page, &app, &parts, &problem, &visit);
        }
    };
    visit.sitting = app.sittings.of(&caller);
    if asks_why(&page) && parts.method == Method::GET && visit.sitting.purpose.is_empty() {
        if visit.incomplete {
            return go_on(&parts, &visit);
        }
        // Asked once for a sitting, and not in an address.
        let next = escaped(next_page(&visit::address(&parts)));
        return respond::to(&format!("/console/sitting?next={next}"), None);
    }
    let done = work(&page, &app, &caller, &parts, body, (visit, same_path, ask)).await;
    match done {
        (visit, Ok(shown)) => {
            if parts.method != Method::GET {
                keep(&page, &app, &caller, &shown, &visit);
            }
            show(shown, &visit)
        }
        (visit, Err(problem)) if needs_session(&problem) => {
            nobody(&page, &app, &parts, &problem, &visit)
        }
        (visit, Err(problem)) => refuse(&page, &problem, &visit),
    }
}

/// Reads the form and passes the operation through the door. The page is rendered under its receipt.
async fn work(
    page: &PageKind,
    app: &Arc<App>,
    caller: &Caller,
    parts: &Parts,
    body: Body,
    (mut visit, same_path, ask): (Visit, bool, Option<Ask>),
) -> (Arc<Visit>, Result<Shown, Problem>) {
    let turn = match app.turns.enter(caller) {
        Ok(turn) => turn,
        Err(problem) => return (Arc::new(visit), Err(problem)),
    };
    let about = (page.target)(&visit.ids);
    visit.rights = visit::rights(app, caller, &visit, about).await;
    let sent = match parts.method == Method::GET {
        true => {
            let query = parts.uri.query().unwrap_or_default();
            Ok(Ok(Zeroizing::new(query.as_bytes().to_vec())))
        }
        false => {
            let (ids, permit) = (&visit.ids, page.permit);
            read_body(app, caller, ids, parts, body, body::FORM, permit).await
        }
    };
    let sent = match sent {
        Ok(sent) => sent,
        Err(problem) => return (Arc::new(visit), Err(problem)),
    };
    let mut said = None;
    let input = sent.and_then(|bytes| {
        let kind = match parts.method == Method::GET {
            true => ProblemKind::MalformedQuery,
            false => ProblemKind::Invalid,
        };
        visit.form = Form::parse(&bytes).ok_or_else(|| Problem::new(kind))?;
        if parts.method == Method::GET {
            // Whoever sends a link does not say what somebody does, and why.
            visit.form.forget(&visit::WHY);
        }
        let input = match parts.method == Method::GET || has_token(&visit) {
            true => match (page.wrong)(&visit.form) {
                None => Ok(visit.form.to_json(page.fields, &given(page, &visit))),
                Some((at, rule)) => Err(Problem::new(ProblemKind::Invalid).at(at, rule)),
            },
            false => Err(Problem::new(ProblemKind::CrossSite)),
        };
        said = said::of_text(visit.form.text("passkey"));
        visit.form.forget(&["passkey"]);
        forget_numbers(page, &mut visit.form);
        input
    });
    let caller = &caller.clone().saying(said);
    if let (true, Some(ask)) = (caller.asks_challenge(), ask) {
        let asked = pass(app, caller.clone(), &turn, visit.ids.clone(), input, ask()).await;
        let shown = asked.and_then(|reply| challenge(reply, &visit));
        return (Arc::new(visit), shown);
    }
    if parts.method == Method::GET
        && let Some(reason) = app.sittings.typed(caller, &visit.path)
    {
        visit.form.put("reason", reason.as_str());
    }
    visit.curl = as_command(page, &visit, parts, same_path);
    let visit = Arc::new(visit);
    let act = (page.act)(Arc::clone(&visit));
    let ids = visit.ids.clone();
    let done = pass(app, caller.clone(), &turn, ids, input, act).await;
    (visit, done)
}

/// What the script of a page asked for: what the reader's passkey is to sign.
fn challenge(reply: Reply, visit: &Visit) -> Result<Shown, Problem> {
    let _ = visit.leaf.set(reply.leaf);
    match reply.wire.into_body() {
        Wired::Bytes(bytes) => Ok(Shown::File {
            media: "application/json",
            name: "challenge.json",
            bytes,
        }),
        Wired::File(_) => Err(Problem::new(ProblemKind::Internal).with_leaf(reply.leaf)),
    }
}

/// The request of the API that gives the same answer.
fn as_command(page: &PageKind, visit: &Visit, parts: &Parts, same_path: bool) -> Option<String> {
    if parts.method != Method::GET || visit.incomplete {
        return None;
    }
    let own = visit.path.strip_prefix(super::PREFIX);
    let own = own.filter(|_| same_path).map(|path| format!("GET {path}"));
    let asks = page.asks.map(str::to_owned).or(own)?;
    curl(&asks, page.fields, &given(page, visit), visit)
}

/// Nothing that may hold a number is shown again, kept, or in an address.
fn forget_numbers(page: &PageKind, form: &mut Form) {
    form.forget_numbers(&[page.fields, page.kept].concat());
}

/// Whether to look at the page has a price, or is recorded with purpose and reason.
fn costs(page: &PageKind, parts: &Parts, visit: &Visit) -> bool {
    let form = Form::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let json = form.unwrap_or_default().to_json(page.fields, &[]);
    asks_why(page) || (page.has_price)(&visit.ids, &json)
}

/// Whether the operation asks for a purpose. A page that is only read has it from the sitting.
fn asks_why(page: &PageKind) -> bool {
    page.fields.contains(&Field::Text("purpose"))
}

/// What a page has from the sitting or by itself, if it is not in its form.
fn given<'a>(page: &PageKind, visit: &'a Visit) -> Vec<(&'static str, &'a str)> {
    let Sitting {
        purpose, reason, ..
    } = &visit.sitting;
    let sitting = [("purpose", purpose.as_str()), ("reason", reason.as_str())];
    sitting
        .into_iter()
        .chain((page.usual)(&visit.form))
        .collect()
}

/// Whether the form was made for this session.
pub(super) fn has_token(visit: &Visit) -> bool {
    let (sent, own) = (visit.form.text("form_token"), visit.form_token());
    !own.is_empty() && bool::from(sent.as_bytes().ct_eq(own.as_bytes()))
}

/// What was asked for from another site, or before anybody wanted it. Nothing is done for it.
fn from_elsewhere(page: &PageKind, app: &Arc<App>, parts: &Parts, visit: &Visit) -> Response {
    if parts.method == Method::GET {
        return go_on(parts, visit);
    }
    let problem = stranger(app, address(parts), Problem::new(ProblemKind::CrossSite));
    refuse(page, &problem, visit)
}

/// One link to what was asked for.
pub(super) fn go_on(parts: &Parts, visit: &Visit) -> Response {
    let (to, missing) = (visit::address(parts), visit::missing(parts));
    let page = GoOn {
        visit,
        to: next_page(&to),
        missing: &missing,
    };
    respond::html(StatusCode::OK, Html::of(&page), visit)
}

pub(super) fn needs_session(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        ProblemKind::Unauthenticated | ProblemKind::SessionEnded
    )
}

/// Somebody without a session signs in first. What was typed into a form goes along, but for numbers.
fn nobody(page: &PageKind, app: &App, parts: &Parts, problem: &Problem, visit: &Visit) -> Response {
    if !needs_session(problem) {
        return refuse(page, problem, visit);
    }
    if parts.method == Method::GET {
        // Without one of its filters it would ask for more than it did.
        let next = match visit.incomplete {
            true => super::PREFIX.to_owned(),
            false => visit::address(parts),
        };
        let ended = match (&visit.person, problem.in_the_way) {
            (None, _) => String::new(),
            (_, Some(InTheWay::Session(how))) => format!("&ended={}", how.name()),
            _ => "&ended=1".to_owned(),
        };
        let mut response = respond::to(
            &format!("/console/sign-in?next={}{ended}", escaped(next_page(&next))),
            problem.leaf,
        );
        add_cookie(&mut response, cookie::end_session());
        return response;
    }
    let kept = visit.form.kept(page.kept);
    let form_at = (page.form_at)(visit);
    sign_in_first(app, parts, problem, visit, &form_at, &kept)
}

/// The form to sign in, in place of the answer to another form.
pub(super) fn sign_in_first(
    app: &App,
    parts: &Parts,
    problem: &Problem,
    visit: &Visit,
    form_at: &str,
    kept: &[(String, String)],
) -> Response {
    let stranger = Visit {
        person: None,
        rights: Rights::default(),
        form: Form::default(),
        path: visit.path.clone(),
        query: String::new(),
        incomplete: false,
        ids: visit.ids.clone(),
        sitting: visit.sitting.clone(),
        zone: visit.zone.clone(),
        now: visit.now,
        leaf: visit.leaf.clone(),
        curl: None,
    };
    let page = Html::of(&SignInPage {
        visit: &stranger,
        refused: None,
        ended: Some(problem.in_the_way.map_or("", InTheWay::text)),
        next: next_page(form_at),
        kept,
        kept_at: &visit.path,
        made_up: &made_up::shown(&app.made_up, address(parts), parts),
        passkeys_at: passkeys_at::elsewhere(&app.vault.settings().relying_party, parts),
        provider: app.provider.as_ref().map(|provider| provider.name()),
    });
    let mut response = respond::refusal(problem, page, &stranger);
    add_cookie(&mut response, cookie::end_session());
    response
}

/// The form of somebody whose session has ended, if it is small and there already.
async fn small_form(app: &App, parts: &Parts, body: Body) -> Form {
    const SMALL: usize = 64 * 1024;
    let limits = crate::config::Limits {
        body_bytes: SMALL.min(app.limits.body_bytes),
        request_s: 2.min(app.limits.request_s),
        ..app.limits.clone()
    };
    let sent = body::read(&limits, parts, body, body::FORM).await.ok();
    let form = sent.and_then(|bytes| Form::parse(&bytes));
    form.unwrap_or_default()
}

/// The form once more if the person can mend it, else the refusal alone.
fn refuse(page: &PageKind, problem: &Problem, visit: &Visit) -> Response {
    let refused = respond::told(problem, Some(page.action));
    if let Some(page) = (page.instead)(visit, &refused) {
        if let Some(leaf) = problem.leaf {
            let _ = visit.leaf.set(leaf);
        }
        return respond::html(StatusCode::OK, page, visit);
    }
    let mendable =
        problem.kind == ProblemKind::WrongCredential || !matches!(refused.status, 401 | 403 | 404);
    let again = mendable.then(|| (page.again)(visit, &refused)).flatten();
    let page = again.unwrap_or_else(|| {
        Html::of(&RefusedPage {
            visit,
            refused: &refused,
        })
    });
    respond::refusal(problem, page, visit)
}

fn show(shown: Shown, visit: &Visit) -> Response {
    match shown {
        Shown::Page(html) => respond::html(StatusCode::OK, Ok(html), visit),
        Shown::Moving(html, seconds) => {
            let page = respond::html(StatusCode::OK, Ok(html), visit);
            respond::again_in(seconds, page, visit)
        }
        Shown::Next(path) => respond::to(&path, visit.leaf()),
        Shown::File { media, name, bytes } => respond::file(media, name, bytes, visit.leaf()),
        Shown::Left(path) => {
            let mut response = respond::to(&path, visit.leaf());
            add_cookie(&mut response, cookie::end_session());
            let site_data = HeaderName::from_static("clear-site-data");
            let gone = HeaderValue::from_static("\"cache\", \"storage\"");
            response.headers_mut().insert(site_data, gone);
            response
        }
    }
}

/// Purpose and reason are asked once for a sitting, which ends with the session's closing.
fn keep(page: &PageKind, app: &App, caller: &Caller, shown: &Shown, visit: &Visit) {
    if let (Shown::Next(_), Some(leaf)) = (shown, visit.leaf()) {
        app.sittings.did(caller, leaf);
    }
    match shown {
        Shown::Left(_) => app.sittings.forget(caller),
        _ => {
            let kept = visit.form.kept(page.kept);
            let value = |name: &str| {
                let found = kept.iter().find(|(known, _)| known == name);
                found.map_or("", |(_, value)| value.as_str())
            };
            // A reason without a purpose is one decision's own.
            if let (Ok(purpose), Ok(reason)) = (
                value("purpose").parse::<Purpose>(),
                Reason::parse(value("reason")),
            ) {
                app.sittings.keep(caller, purpose, &reason);
            }
        }
    }
}

pub(super) fn add_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
