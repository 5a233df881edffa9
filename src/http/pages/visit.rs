//! What is known of a request for a page before anything is done.

use std::sync::{Arc, OnceLock};

use http::Method;
use http::request::Parts;

use super::super::app::{App, blocking};
use super::super::authenticate::admit_anybody;
use super::super::problem::Problem;
use super::super::run::ids;
use super::{PREFIX, cookie};
use crate::console::{Form, Person, Sitting, Visit, is_number_at};
use crate::domain::may_hold_number;
use crate::vault::{Caller, OperationError, Rights, Target};

/// What a page takes from the sitting, and never from an address.
pub(super) const WHY: [&str; 2] = ["purpose", "reason"];

/// The visit of a request, without a body yet.
pub(super) async fn begin(app: &App, parts: &mut Parts) -> Visit {
    Visit {
        path: shown_path(parts).to_owned(),
        query: match parts.method == Method::GET {
            true => shown_query(parts),
            false => String::new(),
        },
        incomplete: parts.method == Method::GET && !missing(parts).is_empty(),
        ids: ids(parts).await,
        form: Form::default(),
        person: person(app, parts),
        rights: Rights::default(),
        sitting: Sitting::default(),
        zone: cookie::zone(&parts.headers),
        now: app.vault.clock().time,
        leaf: OnceLock::new(),
        curl: None,
    }
}

/// Who is signed in. Whoever asks for a page uses the session, so it ends by that much later if it is not used again.
fn person(app: &App, parts: &Parts) -> Option<Person> {
    let (_, mut person) = cookie::session(&parts.headers)?;
    if let Some((idle, step)) = app.vault.settings().idle() {
        let rests_until = app.vault.clock().time.plus_seconds(idle - step);
        person.idle = rests_until < person.expires_at;
        person.expires_at = person.expires_at.min(rests_until);
    }
    Some(person)
}

/// What the reader may do about what a page is about: its case, or its request.
pub(super) async fn rights(
    app: &App,
    caller: &Caller,
    visit: &Visit,
    about: Result<Target, OperationError>,
) -> Rights {
    let about = match (visit.ids.case(), about) {
        (Ok(case), _) => Target::Case(case),
        (Err(_), Ok(request @ Target::Request(_))) => request,
        (Err(_), _) => Target::Vault,
    };
    let (vault, caller) = (Arc::clone(&app.vault), caller.clone());
    let found = blocking(move || vault.rights(&caller, &about));
    found.await.unwrap_or_default()
}

/// Lets whoever has a session read what anybody may, and counts everybody else as a stranger.
pub(in crate::http) fn admit(app: &App, parts: &Parts) -> Result<(), Problem> {
    let token = cookie::session(&parts.headers).map(|(token, _)| token);
    admit_anybody(app, parts, token)
}

/// The path of the page; of the first page if somebody typed a number into it.
fn shown_path(parts: &Parts) -> &str {
    let path = parts.uri.path();
    let typed = Form::parse(path.as_bytes());
    let typed = typed.as_ref().and_then(|typed| typed.pairs().next());
    match typed {
        Some((text, _)) if !may_hold_number(text) => path,
        _ => PREFIX,
    }
}

/// Path and query of the page, without what a link does not decide and without numbers.
pub(super) fn address(parts: &Parts) -> String {
    let (path, query) = (shown_path(parts), shown_query(parts));
    match query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{query}"),
    }
}

/// The query of the page, without what a link does not decide and without numbers.
fn shown_query(parts: &Parts) -> String {
    let stays = |part: &&str| {
        let typed = Form::parse(part.as_bytes());
        let typed = typed.as_ref().and_then(|typed| typed.pairs().next());
        typed.is_some_and(|(name, value)| !WHY.contains(&name) && !is_number_at(name, value))
    };
    let query = parts.uri.query().unwrap_or_default();
    let kept: Vec<_> = query.split('&').filter(stays).collect();
    kept.join("&")
}

/// The filters of the address that are left out of it, because their values may be phone numbers. Without them the
/// address asks for more than it said.
pub(super) fn missing(parts: &Parts) -> Vec<String> {
    let query = parts.uri.query().unwrap_or_default();
    let mut missing = Vec::new();
    for part in query.split('&') {
        let typed = Form::parse(part.as_bytes());
        let named = typed.as_ref().and_then(|typed| {
            let (name, value) = typed.pairs().next()?;
            (!WHY.contains(&name) && is_number_at(name, value)).then_some(name)
        });
        // Whoever made the link may have made names too: only what looks like one of ours is said.
        let ours = |name: &&str| {
            (1..=24).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let said = named.map(|name| Some(name).filter(ours).unwrap_or("one of them"));
        missing.extend(said.map(str::to_owned));
    }
    missing.dedup();
    missing
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn an_address_to_go_on_at_says_nothing_of_why_and_holds_no_number() {
        for (asked, shown) in [
            (
                "/console/cases/c_1/records?country=US&x=",
                "/console/cases/c_1/records?country=US&x=",
            ),
            (
                "/console?purpose=scoping&country=US&re%61son=because",
                "/console?country=US",
            ),
            (
                "/console?subject=%2B12025550147&country=a%20b&carrier=06.12.34.56.78",
                "/console?country=a%20b",
            ),
            ("/console?a=1&%ff=2", "/console?a=1"),
            ("/console/cases/%2B12025550147", "/console"),
            ("/console/2025550147?a=1", "/console?a=1"),
        ] {
            let parts = Request::get(asked).body(()).unwrap().into_parts().0;
            assert_eq!(address(&parts), shown);
        }
    }

    #[test]
    fn a_filter_that_may_be_a_number_is_missed_by_its_name() {
        for (asked, missed) in [
            ("/console?country=US&reason=2025550147", &[][..]),
            ("/console?country=US&carrier=06.12.34.56.78", &["carrier"]),
            ("/console?kind=20240331&since=1711060489", &["kind"]),
            (
                "/console?account=12025550147&subject=%2B12025550147",
                &["subject"],
            ),
            ("/console?%3Cb%3E=%2B12025550147", &["one of them"]),
        ] {
            let parts = Request::get(asked).body(()).unwrap().into_parts().0;
            assert_eq!(missing(&parts), missed, "{asked}");
        }
    }
}
