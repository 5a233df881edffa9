//! What is the same for everybody: the style sheet, the script, and what the problems mean.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::super::app::App;
use super::super::problem::Problem;
use super::{cookie, respond, visit};
use crate::console::help::ErrorsPage;
use crate::console::{Html, SCRIPT, STYLE};
use crate::vault::Target;

/// Whoever types the address of the vault alone.
pub(super) async fn front(State(_): State<Arc<App>>) -> Response {
    respond::to(super::PREFIX, None)
}

pub(super) async fn style(State(_): State<Arc<App>>) -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

pub(super) async fn script(State(_): State<Arc<App>>) -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

/// The page that the `type` of every problem points to, for a browser.
pub(in crate::http) async fn errors(app: &App, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    visit::admit(app, &parts)?;
    let mut visit = visit::begin(app, &mut parts).await;
    let token = cookie::session(&parts.headers).map(|(token, _)| token);
    if let Some(caller) = token.and_then(|token| app.vault.recognise(&token)) {
        visit.rights = visit::rights(app, &caller, &visit, Ok(Target::Vault)).await;
    }
    let page = Html::of(&ErrorsPage { visit: &visit });
    Ok(respond::html(StatusCode::OK, page, &visit))
}

/// It has nothing of anybody, so a browser may keep it for a while.
fn asset(media: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=300"),
        ),
    ];
    let own = HeaderValue::from_static("same-origin");
    let mut response = (headers, text).into_response();
    response
        .headers_mut()
        .insert("cross-origin-resource-policy", own);
    response
}
