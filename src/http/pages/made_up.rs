//! The made-up people of a demo, whom its page to sign in lists. No other vault has any.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::request::Parts;
use zeroize::Zeroizing;

use super::arrival;
use crate::console::session::MadeUp;

/// What signs in as somebody, in JSON.
type Credentials = Vec<Zeroizing<Vec<u8>>>;

/// Somebody whom a demo made up, and how to sign in as them.
#[derive(Clone)]
pub struct MadeUpPerson {
    /// The name they sign in with.
    pub name: String,
    /// What they do.
    pub does: String,
    /// The bodies of `POST /sessions` that are worth a try, in this order: a code works once.
    pub credentials: Arc<dyn Fn() -> Credentials + Send + Sync>,
}

impl fmt::Debug for MadeUpPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Headers by which a proxy says that somebody else asks.
const OF_A_PROXY: [&str; 3] = ["forwarded", "via", "x-real-ip"];

/// The people to show to whoever asks: none, unless it is the machine itself that asks for itself, without a proxy.
pub(super) fn shown(people: &[MadeUpPerson], from: Option<IpAddr>, parts: &Parts) -> Vec<MadeUp> {
    let people = people.iter().filter(|_| is_here(from, parts));
    people
        .map(|person| MadeUp {
            name: person.name.clone(),
            does: person.does.clone(),
        })
        .collect()
}

/// The credentials of one of them, for whoever sees them.
pub(super) fn credentials(
    people: &[MadeUpPerson],
    from: Option<IpAddr>,
    parts: &Parts,
    name: &str,
) -> Option<Credentials> {
    let shown = shown(people, from, parts);
    let person = people.iter().find(|person| person.name == name)?;
    let listed = shown.iter().any(|person| person.name == name);
    listed.then(|| (person.credentials)())
}

/// By its address, by the name that it was asked for, and as no proxy says anything else. A page of another site that
/// gave its own name this address asks for its own name.
fn is_here(from: Option<IpAddr>, parts: &Parts) -> bool {
    let near = from.is_some_and(|from| from.to_canonical().is_loopback());
    let proxy = parts.headers.keys().any(|name| {
        let name = name.as_str();
        OF_A_PROXY.contains(&name) || name.starts_with("x-forwarded-")
    });
    near && !proxy && names_this_machine(parts)
}

fn names_this_machine(parts: &Parts) -> bool {
    arrival::host(parts).is_some_and(|host| {
        let name = host.host().trim_start_matches('[').trim_end_matches(']');
        let address = name.parse::<IpAddr>();
        name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::get("/console/sign-in");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_the_machine_itself_sees_the_people_of_a_demo() {
        let people = [MadeUpPerson {
            name: "lead.one".to_owned(),
            does: String::new(),
            credentials: Arc::new(|| vec![Zeroizing::default()]),
        }];
        let host = ("host", "127.0.0.1:8443");
        for (from, headers, seen) in [
            ("127.0.0.1", &[host][..], true),
            ("127.0.0.1", &[("host", "localhost:8443")], true),
            ("127.0.0.1", &[("host", "[::1]:8443")], true),
            ("::1", &[host], true),
            ("::ffff:127.0.0.1", &[host], true),
            ("192.0.2.1", &[host], false),
            ("", &[host], false),
            ("127.0.0.1", &[], false),
            ("127.0.0.1", &[("host", "evil.example:8443")], false),
            ("127.0.0.1", &[("host", "localhost.evil.example")], false),
            (
                "127.0.0.1",
                &[host, ("forwarded", "for=203.0.113.9")],
                false,
            ),
            (
                "127.0.0.1",
                &[host, ("x-forwarded-for", "203.0.113.9")],
                false,
            ),
            ("127.0.0.1", &[host, ("x-forwarded-host", "vault")], false),
            ("127.0.0.1", &[host, ("via", "1.1 proxy")], false),
        ] {
            let (from, parts) = (from.parse().ok(), asked(headers));
            assert_eq!(
                shown(&people, from, &parts).len(),
                usize::from(seen),
                "{from:?} {headers:?}"
            );
            assert_eq!(
                credentials(&people, from, &parts, "lead.one").is_some(),
                seen
            );
        }
        let (from, parts) = ("127.0.0.1".parse().ok(), asked(&[host]));
        assert!(credentials(&people, from, &parts, "lead.two").is_none());
    }
}
