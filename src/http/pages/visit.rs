//! What is known of a request for a page before anything is done.

use std::sync::OnceLock;

use http::request::Parts;

use super::super::app::App;
use super::super::run::ids;
use super::cookie;
use crate::console::{Form, Sitting, Visit};

/// The visit of a request, without a body yet.
pub(super) async fn begin(app: &App, parts: &mut Parts) -> Visit {
    Visit {
        path: parts.uri.path().to_owned(),
        ids: ids(parts).await,
        form: Form::default(),
        person: cookie::session(&parts.headers).map(|(_, person)| person),
        sitting: Sitting::default(),
        zone: cookie::zone(&parts.headers),
        now: app.vault.clock().time,
        leaf: OnceLock::new(),
    }
}

/// Path and query of the page.
pub(super) fn address(parts: &Parts) -> String {
    let address = parts.uri.path_and_query();
    address.map_or_else(|| "/".to_owned(), |address| address.as_str().to_owned())
}

/// An address to go on at: one of the pages, and nowhere else.
pub(super) fn next(wanted: &str) -> &str {
    let plain = wanted
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let inside = ["/console", "/console/", "/console?"]
        .iter()
        .any(|start| wanted == *start || (start.len() > 8 && wanted.starts_with(start)));
    match plain && inside && !wanted.contains("//") {
        true => wanted,
        false => super::PREFIX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_address_is_a_page_of_this_vault() {
        for wanted in ["/console", "/console/cases/c_1?country=US", "/console?x=1"] {
            assert_eq!(next(wanted), wanted);
        }
        for wanted in [
            "",
            "https://example.com/console",
            "//example.com/console",
            "/\\example.com",
            "/console//example.com",
            "/console/\r\nset-cookie: x",
            "/consoles",
            "/api/v1/me",
        ] {
            assert_eq!(next(wanted), "/console", "{wanted:?}");
        }
    }
}
