//! What is known of a request for a page before anything is done.

use std::sync::OnceLock;

use http::Method;
use http::request::Parts;

use super::super::app::App;
use super::super::authenticate::admit_anybody;
use super::super::problem::Problem;
use super::super::run::ids;
use super::cookie;
use crate::console::{Form, Sitting, Visit};

/// The visit of a request, without a body yet.
pub(super) async fn begin(app: &App, parts: &mut Parts) -> Visit {
    Visit {
        path: parts.uri.path().to_owned(),
        query: match parts.method == Method::GET {
            true => parts.uri.query().unwrap_or_default().to_owned(),
            false => String::new(),
        },
        ids: ids(parts).await,
        form: Form::default(),
        person: cookie::session(&parts.headers).map(|(_, person)| person),
        sitting: Sitting::default(),
        zone: cookie::zone(&parts.headers),
        now: app.vault.clock().time,
        leaf: OnceLock::new(),
        curl: None,
    }
}

/// Lets whoever has a session read what anybody may, and counts everybody else as a stranger.
pub(in crate::http) fn admit(app: &App, parts: &Parts) -> Result<(), Problem> {
    let token = cookie::session(&parts.headers).map(|(token, _)| token);
    admit_anybody(app, parts, token)
}

/// Path and query of the page.
pub(super) fn address(parts: &Parts) -> String {
    let address = parts.uri.path_and_query();
    address.map_or_else(|| "/".to_owned(), |address| address.as_str().to_owned())
}
