//! Pages for people without a session: to sign in, to use an invitation, to set up a second factor, to recover an
//! account; and the zone.
//!
//! They go through the same throttle and the same code as the requests of the API without a session.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::super::ProblemKind;
use super::super::app::{App, blocking};
use super::super::authenticate::{address, stranger};
use super::super::body;
use super::super::problem::{InTheWay, Problem, SessionEnd};
use super::super::run::{admit_open, open};
use super::super::sessions::{
    OpenConsoleSession, RecoverInConsole, SetUpSecondFactor, UseInvitation,
};
use super::page::{add_cookie, go_on};
use super::{arrival, cookie, made_up, passkeys_at, respond, visit};
use crate::console::operator::{
    AcceptedPage, InvitationPage, Picture, RecoveryPage, SecondFactorPage,
};
use crate::console::session::SignInPage;
use crate::console::{Field, Form, Html, Refused, Visit, Zone, escaped, next_page};
use crate::domain::{Moment, OperatorName, Purpose, Reason};
use crate::operations::session::CloseSession;
use crate::policy::ActionKind;
use crate::vault::identity::SessionToken;
use crate::vault::{Body, Caller, OperationError, Reply, Target, Unauthenticated};

const SIGN_IN: &[Field] = &[
    Field::Text("name"),
    Field::Secret("password"),
    Field::Optional("totp"),
    Field::Secret("passkey"),
];
const INVITATION: &[Field] = &[
    Field::Text("enrolment"),
    Field::Secret("password"),
    Field::Tick("totp"),
];
const SECOND_FACTOR: &[Field] = &[Field::Text("name"), Field::Secret("password")];
const RECOVERY: &[Field] = &[
    Field::Text("name"),
    Field::Secret("password"),
    Field::Secret("code"),
];
/// What every form may have; it is kept only if it is a purpose or a reason.
const WHY: &[Field] = &[Field::Text("purpose"), Field::Text("reason")];
/// What goes before the names of fields that wait for a session.
const KEEP: &str = "keep.";

/// A session that was just opened, as the API shows it.
#[derive(Deserialize, ZeroizeOnDrop)]
pub(super) struct Opened {
    pub(super) token: String,
    pub(super) expires_at: String,
    /// Where the provider vouches for somebody.
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// How a recovery stands, as the API shows it.
#[derive(Deserialize, ZeroizeOnDrop)]
struct Recovers {
    not_before: String,
    token: Option<String>,
    expires_at: Option<String>,
}

/// A second factor that was just set up, as the API shows it.
#[derive(Deserialize, ZeroizeOnDrop)]
struct Accepted {
    name: String,
    totp_secret: Option<String>,
    totp_url: Option<String>,
}

/// `GET /console/sign-in`.
pub(super) async fn sign_in_page(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), _) = begin(&app, request).await;
    // A link from elsewhere says neither where to go on nor that anything has ended.
    let form = match arrival::is_own(&parts) {
        true => asked(&parts),
        false => Form::default(),
    };
    let stranger = Visit {
        person: None,
        ..visit
    };
    let mut ended = None;
    let mut leaves = false;
    if form.has("ended") {
        let found = how_it_ended(&app, &parts).await;
        leaves = found.is_some();
        let told = SessionEnd::named(form.text("ended")).or(found.flatten());
        ended = Some(told.map_or("", |how| InTheWay::Session(how).text()));
    }
    let page = sign_in_form(&app, &parts, &stranger, form.text("next"), &[], None, ended);
    let mut response = respond::html(StatusCode::OK, page, &stranger);
    if leaves {
        add_cookie(&mut response, cookie::end_session());
    }
    response
}

/// `POST /console/sign-in`: every sign-in has a new session, and ends the one that the browser had.
pub(super) async fn sign_in(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, mut visit), body) = begin(&app, request).await;
    let former = cookie::session(&parts.headers).map(|(token, _)| token);
    visit.person = None;
    let mut waiting = Form::default();
    let opened = match form_of(&app, &parts, body).await {
        Ok(mut form) => {
            let opened = try_to_sign_in(&app, &parts, &form).await;
            waiting = waits(&form);
            form.forget_numbers(SIGN_IN);
            visit.form = form;
            opened
        }
        Err(problem) => Err(problem),
    };
    let kept_at = match visit.form.text("keep_at") {
        "" => visit.form.text("next"),
        path => path,
    };
    let others = app.kept_at(kept_at).iter();
    let others = others.filter(|field| !WHY.contains(field));
    let fields: Vec<Field> = WHY.iter().chain(others).copied().collect();
    let kept = waiting.kept(&fields);
    let (opened, name, leaf) = match opened {
        Ok(opened) => opened,
        Err(problem) => {
            let (refused, next) = (respond::told(&problem, None), visit.form.text("next"));
            let page = sign_in_form(&app, &parts, &visit, next, &kept, Some(&refused), None);
            return respond::refusal(&problem, page, &visit);
        }
    };
    end(&app, former).await;
    let next = go_on_with(&app, visit.form.text("next"), &kept, &opened).await;
    let mut response = respond::to(&next, Some(leaf));
    if let Ok(expires_at) = opened.expires_at.parse::<Moment>() {
        let cookie = cookie::set_session(&opened.token, expires_at, &name);
        add_cookie(&mut response, cookie);
    }
    response
}

/// `GET /console/invitation`.
pub(super) async fn invitation_page(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), _) = begin(&app, request).await;
    if !arrival::is_own(&parts) {
        return go_on(&parts, &visit);
    }
    let page = Html::of(&InvitationPage {
        visit: &visit,
        refused: None,
    });
    respond::html(StatusCode::OK, page, &visit)
}

/// `POST /console/invitation`.
pub(super) async fn invitation(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), body) = begin(&app, request).await;
    let used = match form_of(&app, &parts, body).await {
        Ok(form) if form.exactly("password") != form.exactly("again") => {
            Err(Problem::new(ProblemKind::Invalid).at("password", "must be the same twice"))
        }
        Ok(form) => {
            open::<UseInvitation>(&app, address(&parts), form.to_json(INVITATION, &[])).await
        }
        Err(problem) => Err(problem),
    };
    let used = used.map_err(|problem| match problem.at.as_deref() {
        // The page has a box in the place of the member.
        Some("totp") => problem.at(
            "Second factor",
            "has to be set up, because your role needs one",
        ),
        _ => problem,
    });
    accepted(used, &visit, |refused| {
        Html::of(&InvitationPage {
            visit: &visit,
            refused,
        })
    })
}

/// `GET /console/second-factor`.
pub(super) async fn second_factor_page(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), _) = begin(&app, request).await;
    if !arrival::is_own(&parts) {
        return go_on(&parts, &visit);
    }
    let page = Html::of(&SecondFactorPage {
        visit: &visit,
        refused: None,
    });
    respond::html(StatusCode::OK, page, &visit)
}

/// `POST /console/second-factor`.
pub(super) async fn second_factor(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, mut visit), body) = begin(&app, request).await;
    let set = match form_of(&app, &parts, body).await {
        Ok(form) => {
            let json = form.to_json(SECOND_FACTOR, &[]);
            visit.form = form;
            visit.form.forget_numbers(SECOND_FACTOR);
            open::<SetUpSecondFactor>(&app, address(&parts), json).await
        }
        Err(problem) => Err(problem),
    };
    accepted(set, &visit, |refused| {
        Html::of(&SecondFactorPage {
            visit: &visit,
            refused,
        })
    })
}

/// `GET /console/recovery`.
pub(super) async fn recovery_page(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), _) = begin(&app, request).await;
    if !arrival::is_own(&parts) {
        return go_on(&parts, &visit);
    }
    respond::html(StatusCode::OK, recovery_form(&visit, None, None), &visit)
}

/// `POST /console/recovery`: begins a recovery, or opens the session that enrols a new passkey.
pub(super) async fn recovery(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, mut visit), body) = begin(&app, request).await;
    visit.person = None;
    let told = match form_of(&app, &parts, body).await {
        Ok(form) => {
            let json = form.to_json(RECOVERY, &[]);
            visit.form = form;
            visit.form.forget_numbers(RECOVERY);
            open::<RecoverInConsole>(&app, address(&parts), json).await
        }
        Err(problem) => Err(problem),
    };
    let told = told.and_then(|reply| {
        let leaf = reply.leaf;
        let _ = visit.leaf.set(leaf);
        read::<Recovers>(reply).map(|recovers| (recovers, leaf))
    });
    let (recovers, leaf) = match told {
        Ok(told) => told,
        Err(problem) => {
            let page = recovery_form(&visit, Some(&respond::told(&problem, None)), None);
            return respond::refusal(&problem, page, &visit);
        }
    };
    let name = OperatorName::parse(visit.form.text("name"));
    if let (Some(token), Some(expires_at), Ok(name)) = (&recovers.token, &recovers.expires_at, name)
    {
        let opened = Opened {
            token: token.clone(),
            expires_at: expires_at.clone(),
            name: None,
        };
        let next = go_on_with(&app, "/console/passkeys", &[], &opened).await;
        let mut response = respond::to(&next, Some(leaf));
        if let Ok(expires_at) = opened.expires_at.parse::<Moment>() {
            let cookie = cookie::set_session(&opened.token, expires_at, &name);
            add_cookie(&mut response, cookie);
        }
        return response;
    }
    let until = recovers.not_before.parse::<Moment>().ok();
    respond::html(StatusCode::OK, recovery_form(&visit, None, until), &visit)
}

fn recovery_form(
    visit: &Visit,
    refused: Option<&Refused>,
    waits_until: Option<Moment>,
) -> Result<Html, OperationError> {
    Html::of(&RecoveryPage {
        visit,
        refused,
        waits_until,
    })
}

/// `POST /console/zone`: a choice that the browser keeps. Nothing of the vault is read or changed.
pub(super) async fn zone(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), body) = begin(&app, request).await;
    let form = match form_of(&app, &parts, body).await {
        Ok(form) => form,
        Err(problem) => return respond::bare_refusal(&problem, visit.now),
    };
    match Zone::parse(form.text("zone")) {
        Some(zone) => {
            let mut response = respond::to(next_page(form.text("next")), None);
            add_cookie(&mut response, cookie::set_zone(&zone));
            response
        }
        None => {
            let rule = "must be the name of a time zone, such as Europe/Vienna or UTC";
            let problem = Problem::new(ProblemKind::Invalid).at("zone", rule);
            respond::bare_refusal(&problem, visit.now)
        }
    }
}

/// Ends the session that the browser had. If it cannot be ended, it ends by itself; the browser has lost its token.
pub(super) async fn end(app: &App, former: Option<SessionToken>) {
    let Some(token) = former else {
        return;
    };
    let vault = Arc::clone(&app.vault);
    let _ = blocking(move || {
        let caller = vault.authenticate(&token).ok()?;
        vault.perform(&caller, CloseSession).ok()
    })
    .await;
}

pub(super) async fn begin(app: &App, request: Request) -> ((Parts, Visit), HttpBody) {
    let (mut parts, body) = request.into_parts();
    let visit = visit::begin(app, &mut parts).await;
    ((parts, visit), body)
}

/// Whether the browser's session has ended, or it has none; and how it ended, if that is known.
async fn how_it_ended(app: &Arc<App>, parts: &Parts) -> Option<Option<SessionEnd>> {
    let Some((token, _)) = cookie::session(&parts.headers) else {
        return Some(None);
    };
    let vault = Arc::clone(&app.vault);
    let found = blocking(move || vault.authenticate(&token).map(drop)).await;
    match found.ok()?.err()? {
        Unauthenticated::Unavailable | Unauthenticated::NodeUnfit | Unauthenticated::Damaged => {
            None
        }
        error => Some(SessionEnd::of(&error)),
    }
}

/// What is in the address after `?`.
pub(super) fn asked(parts: &Parts) -> Form {
    let query = parts.uri.query().unwrap_or_default();
    Form::parse(query.as_bytes()).unwrap_or_default()
}

/// The form of somebody without a session: from a page of this vault, and throttled.
pub(super) async fn form_of(app: &App, parts: &Parts, body: HttpBody) -> Result<Form, Problem> {
    let from = address(parts);
    if !arrival::is_own(parts) {
        return Err(stranger(app, from, Problem::new(ProblemKind::CrossSite)));
    }
    admit_open(app, from)?;
    let bytes = body::read(&app.limits, parts, body, body::FORM).await;
    let bytes = bytes.map_err(|problem| stranger(app, from, problem))?;
    Form::parse(&bytes).ok_or_else(|| Problem::new(ProblemKind::Invalid))
}

async fn try_to_sign_in(
    app: &Arc<App>,
    parts: &Parts,
    form: &Form,
) -> Result<(Opened, OperatorName, u64), Problem> {
    let from: Option<IpAddr> = address(parts);
    let wrong = || Problem::new(ProblemKind::WrongCredential);
    let (name, tries) = match form.text("person") {
        "" => (form.text("name"), Some(vec![form.to_json(SIGN_IN, &[])])),
        person => (
            person,
            made_up::credentials(&app.made_up, from, parts, person),
        ),
    };
    let mut ended = Err(wrong());
    for json in tries.unwrap_or_default() {
        ended = open::<OpenConsoleSession>(app, from, json).await;
        if ended.is_ok() {
            break;
        }
    }
    let reply = ended?;
    let leaf = reply.leaf;
    let opened = read(reply)?;
    Ok((
        opened,
        OperatorName::parse(name).map_err(|_| wrong())?,
        leaf,
    ))
}

pub(super) fn sign_in_form(
    app: &App,
    parts: &Parts,
    visit: &Visit,
    next: &str,
    kept: &[(String, String)],
    refused: Option<&Refused>,
    ended: Option<&'static str>,
) -> Result<Html, OperationError> {
    Html::of(&SignInPage {
        visit,
        refused,
        ended,
        next: next_page(next),
        kept,
        kept_at: visit.form.text("keep_at"),
        made_up: &made_up::shown(&app.made_up, address(parts), parts),
        passkeys_at: passkeys_at::elsewhere(&app.vault.settings().relying_party, parts),
        provider: app.provider.as_ref().map(|provider| provider.name()),
    })
}

/// What was typed into a form that could not be sent before somebody signed in.
fn waits(form: &Form) -> Form {
    let fields = form.pairs().filter_map(|(name, value)| {
        let name = name.strip_prefix(KEEP)?.to_owned();
        Some((name, Zeroizing::new(value.to_owned())))
    });
    Form::of(fields.collect())
}

/// Where to go on after a sign-in. Purpose and reason wait in memory, the other fields in the address.
pub(super) async fn go_on_with(
    app: &Arc<App>,
    next: &str,
    kept: &[(String, String)],
    opened: &Opened,
) -> String {
    let mut address = next_page(next).to_owned();
    let (mut purpose, mut reason) = (None, None);
    for (name, value) in kept {
        match name.as_str() {
            "purpose" => purpose = value.parse::<Purpose>().ok(),
            "reason" => reason = Reason::parse(value).ok(),
            _ => {
                address.push(if address.contains('?') { '&' } else { '?' });
                address.push_str(&format!("{}={}", escaped(name), escaped(value)));
            }
        }
    }
    let vault = Arc::clone(&app.vault);
    let token = SessionToken::parse(&opened.token).map(SessionToken::of_console);
    if let Ok(token) = token
        && let Ok(Ok(caller)) = blocking(move || vault.authenticate(&token)).await
    {
        if kept.is_empty() && still_enrols(app, &caller).await {
            return "/console/passkeys".to_owned();
        }
        app.sittings.begin(&caller);
        match (purpose, reason) {
            (Some(purpose), Some(reason)) => app.sittings.keep(&caller, purpose, &reason),
            // One decision's own.
            (None, Some(reason)) => {
                let path = address.split('?').next().unwrap_or_default();
                app.sittings.wait(&caller, path, reason);
            }
            _ => {}
        }
    }
    address
}

/// Whether the session is good for enrolling a passkey and for nothing else.
async fn still_enrols(app: &App, caller: &Caller) -> bool {
    let (vault, caller) = (Arc::clone(&app.vault), caller.clone());
    let found = blocking(move || vault.rights(&caller, &Target::Vault)).await;
    found.is_ok_and(|rights| {
        rights.may(ActionKind::BeginPasskey) && !rights.may(ActionKind::ListInbox)
    })
}

/// The second factor that was set up, or the form once more.
fn accepted(
    done: Result<Reply, Problem>,
    visit: &Visit,
    form: impl FnOnce(Option<&Refused>) -> Result<Html, OperationError>,
) -> Response {
    let done = done.and_then(|reply| {
        let _ = visit.leaf.set(reply.leaf);
        read::<Accepted>(reply)
    });
    match done {
        Ok(accepted) => {
            let page = Html::of(&AcceptedPage {
                visit,
                name: &accepted.name,
                secret: accepted.totp_secret.as_deref(),
                picture: accepted.totp_url.as_deref().and_then(Picture::of),
            });
            respond::html(StatusCode::OK, page, visit)
        }
        Err(problem) => {
            let page = form(Some(&respond::told(&problem, None)));
            respond::refusal(&problem, page, visit)
        }
    }
}

pub(super) fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, Problem> {
    let broken = Problem::new(ProblemKind::Internal).with_leaf(reply.leaf);
    match reply.wire.into_body() {
        Body::Bytes(bytes) => serde_json::from_slice(&bytes).map_err(|_| broken),
        Body::File(_) => Err(broken),
    }
}
