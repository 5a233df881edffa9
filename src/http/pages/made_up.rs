//! The made-up people of a demo, whom its page to sign in lists. No other vault has any.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use zeroize::Zeroizing;

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

/// The people to show to somebody at this address: none, unless it is the machine itself.
pub(super) fn shown(people: &[MadeUpPerson], address: Option<IpAddr>) -> Vec<MadeUp> {
    let here = address.is_some_and(|address| address.to_canonical().is_loopback());
    let people = people.iter().filter(|_| here);
    people
        .map(|person| MadeUp {
            name: person.name.clone(),
            does: person.does.clone(),
        })
        .collect()
}

/// The credentials of one of them, for somebody at this address.
pub(super) fn credentials(
    people: &[MadeUpPerson],
    address: Option<IpAddr>,
    name: &str,
) -> Option<Credentials> {
    let shown = shown(people, address);
    let person = people.iter().find(|person| person.name == name)?;
    let listed = shown.iter().any(|person| person.name == name);
    listed.then(|| (person.credentials)())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_somebody_at_the_machine_itself_sees_the_people_of_a_demo() {
        let people = [MadeUpPerson {
            name: "lead.one".to_owned(),
            does: String::new(),
            credentials: Arc::new(|| vec![Zeroizing::default()]),
        }];
        let address = |text: &str| text.parse().ok();
        for (from, seen) in [
            (address("127.0.0.1"), true),
            (address("::1"), true),
            (address("::ffff:127.0.0.1"), true),
            (address("192.0.2.1"), false),
            (None, false),
        ] {
            assert_eq!(shown(&people, from).len(), usize::from(seen), "{from:?}");
            assert_eq!(credentials(&people, from, "lead.one").is_some(), seen);
        }
        assert!(credentials(&people, address("::1"), "lead.two").is_none());
    }
}
