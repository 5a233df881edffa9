//! Pages to come in by the OpenID provider: to it, back from it, and in.
//!
//! The way there begins on a page of this vault. The way back comes from another site, so it brings no cookie and does
//! nothing but show a form. The form is sent from here, with the cookie of the browser that began; it counts once.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use zeroize::Zeroizing;

use super::super::ProblemKind;
use super::super::app::{App, blocking};
use super::super::authenticate::{address, stranger};
use super::super::problem::Problem;
use super::super::provider::{Brought, Provider, ProviderFault};
use super::open::{
    Opened, asked, begin as begin_visit, end, form_of, go_on_with, read, sign_in_form,
};
use super::page::{add_cookie, go_on};
use super::{arrival, cookie, respond};
use crate::console::session::ProviderBack;
use crate::console::{Form, Html, Visit, next_page};
use crate::domain::{Assertion, Moment, OperatorName};
use crate::vault::{Arrival, ProviderFlow};

/// The longest of what a provider sends back, in bytes.
const LONGEST: usize = 4096;
/// How long somebody waits for others who ask the provider.
const WAIT: Duration = Duration::from_secs(5);

/// `GET /console/provider`: leads to the provider.
pub(super) async fn begin(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), _) = begin_visit(&app, request).await;
    let Some(provider) = app.provider.clone() else {
        return respond::bare_refusal(&Problem::new(ProblemKind::NotFound), visit.now);
    };
    if !arrival::is_own(&parts) {
        return go_on(&parts, &visit);
    }
    let form = asked(&parts);
    let next = next_page(form.text("next"));
    let flow = match app.vault.begin_at_provider() {
        Ok(flow) => Arc::new(flow),
        Err(error) => return respond::bare_refusal(&error.into(), visit.now),
    };
    let for_address = Arc::clone(&flow);
    let led = ask(provider, move |provider| provider.address(&for_address)).await;
    match led {
        Ok(Ok(to)) => {
            let mut response = respond::to(&to, None);
            add_cookie(&mut response, cookie::set_provider(&flow.kept, next));
            response
        }
        Ok(Err(fault)) => respond::bare_refusal(&told(fault), visit.now),
        Err(problem) => respond::bare_refusal(&problem, visit.now),
    }
}

/// `GET /console/provider/back`: what the provider sent along becomes a form.
pub(super) async fn back(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), _) = begin_visit(&app, request).await;
    let Some(provider) = app.provider.clone() else {
        return respond::bare_refusal(&Problem::new(ProblemKind::NotFound), visit.now);
    };
    let form = asked(&parts);
    let visit = Visit {
        // The code is in no link of the page.
        path: "/console/sign-in".to_owned(),
        query: String::new(),
        incomplete: false,
        person: None,
        ..visit
    };
    let [code, state, issuer] = ["code", "state", "iss"].map(|name| form.text(name));
    let fits = [code, state, issuer]
        .iter()
        .all(|text| text.len() <= LONGEST);
    if code.is_empty() || state.is_empty() || form.has("error") || !fits {
        // It said no, or this is no answer of it. Nothing was begun here for which a leaf could be.
        let problem = stranger(
            &app,
            address(&parts),
            Problem::new(ProblemKind::IdentityRefused),
        );
        return refused(&app, &parts, &visit, "", &problem);
    }
    let page = Html::of(&ProviderBack {
        visit: &visit,
        provider: provider.name(),
        code,
        state,
        issuer,
    });
    respond::html(StatusCode::OK, page, &visit)
}

/// `POST /console/provider/back`: takes the code to the provider, and opens a session for whom it vouches for.
pub(super) async fn finish(State(app): State<Arc<App>>, request: Request) -> Response {
    let ((parts, visit), body) = begin_visit(&app, request).await;
    let visit = Visit {
        path: "/console/sign-in".to_owned(),
        person: None,
        ..visit
    };
    let Some(provider) = app.provider.clone() else {
        return respond::bare_refusal(&Problem::new(ProblemKind::NotFound), visit.now);
    };
    let former = cookie::session(&parts.headers).map(|(token, _)| token);
    let began = cookie::provider(&parts.headers);
    let next = began.as_ref().map_or("", |(_, next)| next);
    let finished = match form_of(&app, &parts, body).await {
        Ok(form) => {
            let kept = began.as_ref().map(|(kept, _)| kept.as_str());
            let finished = come_in(&app, provider, &parts, kept, &form).await;
            finished.map_err(|problem| match problem.leaf {
                Some(_) => problem,
                // It did not reach the door.
                None => stranger(&app, address(&parts), problem),
            })
        }
        Err(problem) => Err(problem),
    };
    let (opened, name, leaf) = match finished {
        Ok(finished) => finished,
        Err(problem) => return refused(&app, &parts, &visit, next, &problem),
    };
    end(&app, former).await;
    let to = go_on_with(&app, next, &[], &opened).await;
    let mut response = respond::to(&to, Some(leaf));
    if let Ok(expires_at) = opened.expires_at.parse::<Moment>() {
        add_cookie(
            &mut response,
            cookie::set_session(&opened.token, expires_at, &name),
        );
    }
    add_cookie(&mut response, cookie::end_provider());
    response
}

/// The session of whoever comes back in the browser that began.
async fn come_in(
    app: &Arc<App>,
    provider: Arc<Provider>,
    parts: &http::request::Parts,
    kept: Option<&str>,
    form: &Form,
) -> Result<(Opened, OperatorName, u64), Problem> {
    let refused = || Problem::new(ProblemKind::IdentityRefused);
    let assertion = match form.exactly("passkey") {
        "" => None,
        text => {
            Some(Assertion::parse(text).map_err(|_| Problem::new(ProblemKind::AssertionRefused))?)
        }
    };
    let flow = kept.and_then(|kept| app.vault.finish_at_provider(kept, form.exactly("state")));
    let flow: ProviderFlow = flow.ok_or_else(refused)?;
    let brought = Brought {
        code: Zeroizing::new(form.exactly("code").to_owned()),
        issuer: Some(form.exactly("iss"))
            .filter(|issuer| !issuer.is_empty())
            .map(str::to_owned),
    };
    let now = app.vault.clock().time;
    let vouched = ask(provider, move |provider| {
        provider.redeem(&brought, &flow, now)
    })
    .await?;
    let arrival = Arrival {
        vouched: vouched.map_err(told)?,
        assertion,
        address: address(parts),
    };
    let vault = Arc::clone(&app.vault);
    let reply = blocking(move || vault.arrive(arrival)).await???;
    let leaf = reply.leaf;
    let opened: Opened = read(reply)?;
    let name = opened
        .name
        .as_deref()
        .and_then(|name| OperatorName::parse(name).ok());
    let broken = Problem::new(ProblemKind::Internal).with_leaf(leaf);
    let name = name.ok_or(broken)?;
    Ok((opened, name, leaf))
}

/// Asks the provider on a thread of its own, if not too many do.
async fn ask<T: Send + 'static>(
    provider: Arc<Provider>,
    what: impl FnOnce(&Provider) -> Result<T, ProviderFault> + Send + 'static,
) -> Result<Result<T, ProviderFault>, Problem> {
    let turn = tokio::time::timeout(WAIT, provider.turns.acquire()).await;
    let Ok(Ok(_turn)) = turn else {
        return Err(Problem::new(ProblemKind::Busy).retry_after(1));
    };
    let asked = Arc::clone(&provider);
    blocking(move || what(&asked)).await
}

/// The problem of a fault, whose words go to the log of the server.
fn told(fault: ProviderFault) -> Problem {
    tracing::warn!(fault = %fault, "nobody came in by the provider");
    Problem::new(match fault.is_refusal() {
        true => ProblemKind::IdentityRefused,
        false => ProblemKind::ProviderUnreachable,
    })
}

/// The page to sign in, which says why somebody is not. Its cookie stays: what was begun in this browser is not ended
/// by what another site sends here, and what was used up is used up in the vault.
fn refused(
    app: &App,
    parts: &http::request::Parts,
    visit: &Visit,
    next: &str,
    problem: &Problem,
) -> Response {
    let told = respond::told(problem, None);
    let page = sign_in_form(app, parts, visit, next, &[], Some(&told), None);
    respond::refusal(problem, page, visit)
}
