//! Pages, refusals and redirections as responses, with the headers that every page has.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use zeroize::Zeroizing;

use super::super::problem::Problem;
use crate::console::{Form, Html, Refused, RefusedPage, Sitting, Visit, Zone, next_page};
use crate::domain::Moment;
use crate::operations::Ids;
use crate::policy::{ActionKind, who_may};
use crate::vault::{OperationError, Rights};

/// What a page may do: nothing but what is listed, and nothing unsafe. `around` adds what every answer has.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src data:; \
         script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    // With `no-referrer`, browsers would say `Origin: null` of our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// The same for a page whose script asks the vault for something: it sends a file, so that it stays chosen, or asks
/// what a passkey is to sign.
const CONNECTS: &str = "default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
     img-src data:; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A page. At the end of the session the browser leaves it, with or without a script.
pub(super) fn html(
    status: StatusCode,
    html: Result<Html, OperationError>,
    visit: &Visit,
) -> Response {
    let Ok(html) = html else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let body = Body::from(Bytes::from_owner(html.into_bytes()));
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if visit.connects() {
        let policy = HeaderValue::from_static(CONNECTS);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(leaf) = visit.leaf() {
        headers.insert("audit-leaf", HeaderValue::from(leaf));
    }
    if visit.person.is_some() {
        let (after, next) = (visit.seconds_left() + 1, visit.here_escaped());
        let leave = format!("{after}; url=/console/sign-in?ended=1&next={next}");
        if let Ok(leave) = HeaderValue::try_from(leave) {
            headers.insert(header::REFRESH, leave);
        }
    }
    response
}

/// The same page, which the browser asks for again in so many seconds, unless the session ends before.
pub(super) fn again_in(seconds: i64, mut page: Response, visit: &Visit) -> Response {
    let again = format!("{seconds}; url={}", next_page(&visit.path));
    if let Ok(again) = HeaderValue::try_from(again)
        && seconds < visit.seconds_left()
    {
        page.headers_mut().insert(header::REFRESH, again);
    }
    page
}

/// A file to keep. `around` adds the policy of the API, under which a browser does nothing with it.
pub(super) fn file(
    media: &'static str,
    name: &'static str,
    bytes: Zeroizing<Vec<u8>>,
    leaf: Option<u64>,
) -> Response {
    let mut response = Body::from(Bytes::from_owner(bytes)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let named = format!("attachment; filename=\"{name}\"");
    if let Ok(named) = HeaderValue::try_from(named) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    if let Some(leaf) = leaf {
        headers.insert("audit-leaf", HeaderValue::from(leaf));
    }
    response
}

/// Leads to another page, by `GET`.
pub(super) fn to(path: &str, leaf: Option<u64>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(path) = HeaderValue::try_from(path) {
        headers.insert(header::LOCATION, path);
    }
    if let Some(leaf) = leaf {
        headers.insert("audit-leaf", HeaderValue::from(leaf));
    }
    response
}

/// What a page says of a problem.
pub(super) fn told(problem: &Problem, action: Option<ActionKind>) -> Refused {
    Refused {
        kind: problem.kind.name(),
        title: problem.kind.title(),
        status: problem.kind.status().as_u16(),
        at: problem.at.clone(),
        rule: problem.rule.clone(),
        detail: problem.in_the_way.map(|state| state.text()),
        leaf: problem.leaf,
        retry_after: problem.retry_after,
        near_misses: problem
            .near_misses
            .as_ref()
            .map(|near| near.0.clone())
            .unwrap_or_default(),
        who_can: action.map(who_may).unwrap_or_default(),
    }
}

/// A refusal, with its page.
pub(super) fn refusal(
    problem: &Problem,
    page: Result<Html, OperationError>,
    visit: &Visit,
) -> Response {
    if let Some(leaf) = problem.leaf {
        // A page that was rendered before it was refused has no leaf of its own.
        let _ = visit.leaf.set(leaf);
    }
    let mut response = html(problem.kind.status(), page, visit);
    if let Some(seconds) = problem.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The page of a refusal that no page made: an unknown address, a head that is too large.
pub(in crate::http) fn bare_refusal(problem: &Problem, now: Moment) -> Response {
    let visit = Visit {
        path: super::PREFIX.to_owned(),
        query: String::new(),
        incomplete: false,
        ids: Ids::default(),
        form: Form::default(),
        person: None,
        rights: Rights::default(),
        sitting: Sitting::default(),
        zone: Zone::default(),
        now,
        leaf: std::sync::OnceLock::new(),
        curl: None,
    };
    let refused = told(problem, None);
    let page = Html::of(&RefusedPage {
        visit: &visit,
        refused: &refused,
    });
    refusal(problem, page, &visit)
}
