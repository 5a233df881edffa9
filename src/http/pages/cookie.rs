//! The cookies of the pages: the session, the zone in which times are shown, and for some minutes a sign-in that was
//! begun at the provider.
//!
//! All are bound to this host (`__Host-`), sent over TLS and to pages of this vault alone, and no script reads them.
//! Beside the token the first one has when the session ends and who it is, which is shown and decides nothing.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use crate::console::{Person, Zone};
use crate::domain::{Moment, OperatorName};
use crate::vault::identity::SessionToken;

const SESSION: &str = "__Host-session";
const PROVIDER: &str = "__Host-provider";
const ZONE: &str = "__Host-zone";
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
/// As long as such a sign-in can be finished, in seconds.
const PROVIDER_S: i64 = 300;
/// A year, in seconds.
const YEAR: i64 = 365 * 86_400;

/// A session's token, and what is shown of the session.
pub(super) fn session(headers: &HeaderMap) -> Option<(SessionToken, Person)> {
    let value = value(headers, SESSION)?;
    let mut parts = value.splitn(3, '.');
    let token = SessionToken::parse(parts.next()?).ok()?.of_console();
    let expires_at = Moment::from_seconds(parts.next()?.parse().ok()?);
    let name = OperatorName::parse(parts.next()?).ok()?;
    let person = Person {
        name: name.as_str().to_owned(),
        expires_at,
        idle: false,
        form_token: token.form_token(),
    };
    Some((token, person))
}

/// The cookie of a new session.
pub(super) fn set_session(
    token: &str,
    expires_at: Moment,
    name: &OperatorName,
) -> Option<HeaderValue> {
    let (ends, name) = (expires_at.seconds(), name.as_str());
    // Without an age, so that a browser forgets it when it is closed. Browsers write it to their disk all the same;
    // what is found there opens pages until the session ends, and nothing of the API.
    let text = format!("{SESSION}={token}.{ends}.{name}; {ATTRIBUTES}");
    secret(Zeroizing::new(text))
}

/// Takes the session's cookie away.
pub(super) fn end_session() -> Option<HeaderValue> {
    secret(Zeroizing::new(format!(
        "{SESSION}=; {ATTRIBUTES}; Max-Age=0"
    )))
}

/// The sign-in that this browser began at the provider, and the page to go to after it.
pub(super) fn provider(headers: &HeaderMap) -> Option<(Zeroizing<String>, &str)> {
    let (kept, next) = value(headers, PROVIDER)?.split_once('.')?;
    Some((Zeroizing::new(kept.to_owned()), next))
}

/// The cookie of such a sign-in.
pub(super) fn set_provider(kept: &str, next: &str) -> Option<HeaderValue> {
    // What ends the value of a cookie is in no address of ours that was written down rightly.
    let next = if next.contains([';', ',', '"']) {
        "/console"
    } else {
        next
    };
    let text = format!("{PROVIDER}={kept}.{next}; {ATTRIBUTES}; Max-Age={PROVIDER_S}");
    secret(Zeroizing::new(text))
}

/// Takes it away.
pub(super) fn end_provider() -> Option<HeaderValue> {
    let text = format!("{PROVIDER}=; {ATTRIBUTES}; Max-Age=0");
    secret(Zeroizing::new(text))
}

/// The zone that the reader chose; UTC if none or one that does not exist.
pub(super) fn zone(headers: &HeaderMap) -> Zone {
    let chosen = value(headers, ZONE).and_then(Zone::parse);
    chosen.unwrap_or_default()
}

/// The cookie of a chosen zone.
pub(super) fn set_zone(zone: &Zone) -> Option<HeaderValue> {
    let name = zone.name();
    HeaderValue::try_from(format!("{ZONE}={name}; {ATTRIBUTES}; Max-Age={YEAR}")).ok()
}

fn secret(text: Zeroizing<String>) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The value of the first cookie of this name.
fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(COOKIE, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_session_reads_back_from_its_cookie() {
        let token = "A".repeat(43);
        let (name, now) = (
            OperatorName::parse("lead.one").unwrap(),
            Moment::from_seconds(1000),
        );
        let set = set_session(&token, now.plus_seconds(60), &name).unwrap();
        assert!(set.is_sensitive());
        let set = set.to_str().unwrap().to_owned();
        let (pair, attributes) = set.split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
        let (read, person) = session(&cookies(&["other=1; x=y", pair])).unwrap();
        assert_eq!(*read.expose_once(), token);
        assert_eq!(person.name, "lead.one");
        assert_eq!(person.expires_at.seconds(), 1060);
        assert_eq!(person.form_token, read.form_token());
    }

    #[test]
    fn what_is_no_cookie_of_ours_is_no_session() {
        let token = "A".repeat(43);
        for value in [
            "",
            "__Host-session=",
            "__Host-session=x.1.lead",
            &format!("__Host-session={token}.1"),
            &format!("__Host-session={token}.soon.lead"),
            &format!("__Host-session={token}.1.<b>"),
            &format!("__Host-sessions={token}.1.lead"),
        ] {
            assert!(session(&cookies(&[value])).is_none(), "{value}");
        }
    }

    #[test]
    fn a_sign_in_that_was_begun_reads_back_with_where_to_go_on() {
        let set = set_provider("AAAA", "/console/cases?a=b.c").unwrap();
        assert!(set.is_sensitive());
        let set = set.to_str().unwrap().to_owned();
        let (pair, attributes) = set.split_once("; ").unwrap();
        let attributed = "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=300";
        assert_eq!(attributes, attributed);
        let headers = cookies(&[pair]);
        let (kept, next) = provider(&headers).unwrap();
        assert_eq!((kept.as_str(), next), ("AAAA", "/console/cases?a=b.c"));
        let cut = set_provider("AAAA", "/console; Path=/x").unwrap();
        assert!(
            cut.to_str()
                .unwrap()
                .starts_with("__Host-provider=AAAA./console; Path=/;")
        );
        assert!(provider(&cookies(&["__Host-provider=AAAA"])).is_none());
        assert!(provider(&cookies(&["__Host-session=AAAA./console"])).is_none());
    }

    #[test]
    fn a_zone_is_one_that_exists() {
        let zone_of = |value: &str| zone(&cookies(&[value])).name().to_owned();
        assert_eq!(zone_of("__Host-zone=America/New_York"), "America/New_York");
        assert_eq!(zone_of("__Host-zone=../etc/passwd"), "UTC");
        assert_eq!(zone_of(""), "UTC");
        let set = set_zone(&Zone::parse("Asia/Kolkata").unwrap()).unwrap();
        assert!(
            set.to_str()
                .unwrap()
                .starts_with("__Host-zone=Asia/Kolkata; ")
        );
    }
}
