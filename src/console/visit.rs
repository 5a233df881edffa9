//! What a page knows of the request for it.

use std::sync::OnceLock;

use serde::Serialize;

use super::choices;
use super::count::counted;
use super::form::Form;
use super::zone::{Shown as Time, Zone};
use crate::domain::Moment;
use crate::operations::Ids;
use crate::policy::{ActionKind, CaseState, Seat, allows_seat, allows_state};
use crate::vault::Rights;

/// One request for a page: where to, what was typed, by whom and when.
pub struct Visit {
    /// The path of the page, without what is after `?`.
    pub path: String,
    /// What is in the address after `?`, if it was asked for by `GET`.
    pub query: String,
    /// Whether a filter of the address was left out of that, because it may be a phone number. Then nothing leads back
    /// to the page: it would ask for more than the address said.
    pub incomplete: bool,
    /// The identifiers in the path.
    pub ids: Ids,
    /// What was typed, or what is in the address after `?`.
    pub form: Form,
    /// Who is signed in.
    pub person: Option<Person>,
    /// What this person may do, in the vault and about what the page is about.
    pub rights: Rights,
    /// The purpose and the reason that this person gave last.
    pub sitting: Sitting,
    /// The zone in which times are shown.
    pub zone: Zone,
    /// The vault's time.
    pub now: Moment,
    /// The leaf that records this page, once there is one.
    pub leaf: OnceLock<u64>,
    /// The request of the API that gives the same answer, as a command.
    pub curl: Option<String>,
}

/// Who is signed in, as their cookie says it. It is shown and decides nothing.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name they sign in with.
    pub name: String,
    /// When the session ends by itself.
    pub expires_at: Moment,
    /// Whether it ends then only if it is not used before.
    pub idle: bool,
    /// What every form of this session has to have.
    pub form_token: String,
}

/// What somebody gave as purpose and reason, kept until they sign out, and what they did last. It never holds a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sitting {
    /// The purpose, empty if none was given yet.
    pub purpose: String,
    /// The reason, empty if none was given yet.
    pub reason: String,
    /// The leaf of what this session did last.
    pub done: Option<u64>,
}

impl Visit {
    /// The case in the path.
    pub fn case(&self) -> Option<String> {
        self.ids.case().ok().map(|case| case.to_string())
    }

    /// Whether the reader may do it: in the vault, or about what the page is about. A link to anything else is not
    /// shown.
    pub fn may(&self, action: ActionKind) -> bool {
        self.rights.may(action)
    }

    /// Whether a member of this role may do it in a case in this state, for a page about several cases.
    pub fn may_in(&self, role: &str, state: &str, action: ActionKind) -> bool {
        let (role, state) = (role.parse().ok(), state.parse::<CaseState>().ok());
        role.is_some_and(|role| allows_seat(action, Seat::Member(role)))
            && state.is_some_and(|state| allows_state(action, state))
    }

    /// Whether the page is the one with a file.
    pub fn sends_file(&self) -> bool {
        self.path.ends_with("/exhibits/new")
    }

    /// Whether the page has a form with a number, which its script sends.
    fn sends_number(&self) -> bool {
        self.path.ends_with("/lookup") || self.path.ends_with("/erasures/new")
    }

    /// Whether its script asks the vault for something: a challenge for a passkey, or an answer to a file or a number.
    pub fn connects(&self) -> bool {
        self.sends_file()
            || self.sends_number()
            || self.person.is_none()
            || self.rights.signs()
            || self.path == "/console/passkeys"
    }

    /// The leaf that records this page.
    pub fn leaf(&self) -> Option<u64> {
        self.leaf.get().copied()
    }

    /// The leaf of what was done before this page was shown, if this session was led here for it.
    pub fn done(&self) -> Option<u64> {
        let leaf = self.form.text("done").parse().ok()?;
        (self.sitting.done == Some(leaf)).then_some(leaf)
    }

    /// The address of this page with what it was asked for, for coming back to it.
    pub fn here(&self) -> String {
        let own = |part: &&str| !part.is_empty() && !part.starts_with("done=");
        let kept: Vec<_> = self.query.split('&').filter(own).collect();
        match kept.is_empty() {
            _ if self.incomplete => "/console".to_owned(),
            true => self.path.clone(),
            false => format!("{}?{}", self.path, kept.join("&")),
        }
    }

    /// The same, percent-encoded for a query.
    pub fn here_escaped(&self) -> String {
        escaped(next_page(&self.here()))
    }

    /// What a form's field holds: what was typed, else what was given last.
    pub fn value<'v>(&'v self, name: &'v str) -> &'v str {
        match name {
            _ if self.form.has(name) => self.form.text(name),
            "purpose" => &self.sitting.purpose,
            "reason" => &self.sitting.reason,
            _ => "",
        }
    }

    /// The reason of a form that has its own, such as a decision's.
    pub fn own_reason(&self) -> &str {
        self.form.text("reason")
    }

    /// Whether a field holds this value.
    pub fn holds(&self, name: &str, value: &str) -> bool {
        match self.form.has(name) {
            true => self.form.all(name).any(|held| held == value),
            false => self.value(name) == value,
        }
    }

    /// What a form of this session has to have.
    pub fn form_token(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.form_token)
    }

    /// A time in the reader's zone.
    pub fn time(&self, at: &Moment) -> Time {
        self.zone.show(*at)
    }

    /// The hour and the minute of a time, with its zone: for what is over today.
    pub fn hour(&self, at: &Moment) -> String {
        self.zone.hour(*at)
    }

    /// A time of a leaf in the reader's zone. The vault wrote and compared it, so it reads.
    pub fn written(&self, time: &str) -> Time {
        self.zone
            .show(time.parse().unwrap_or(Moment::from_seconds(0)))
    }

    /// A text that is a time, in the reader's zone; the text itself if it is none, such as a day of a protected table.
    pub fn at(&self, text: &str) -> String {
        match text.parse() {
            Ok(at) => self.zone.show(at).to_string(),
            Err(_) => text.to_owned(),
        }
    }

    /// A count with its thousands apart.
    pub fn count(&self, value: &impl Serialize) -> String {
        counted(value)
    }

    /// A purpose in words.
    pub fn purpose(&self, purpose: &impl Serialize) -> String {
        choices::purpose(&word(purpose)).to_owned()
    }

    /// The day of a time in the reader's zone, with the zone; the text itself if it is no time.
    pub fn day(&self, time: &str) -> String {
        let read = time.parse().ok();
        read.and_then(|at| self.zone.day(at))
            .unwrap_or_else(|| time.to_owned())
    }

    /// The time of day in the reader's zone.
    pub fn clock(&self, time: &str) -> String {
        let read = time.parse().ok();
        read.and_then(|at| self.zone.clock(at))
            .unwrap_or_else(|| time.to_owned())
    }

    /// How many seconds the session still lasts.
    pub fn seconds_left(&self) -> i64 {
        let ends = self.person.as_ref().map(|person| person.expires_at);
        ends.map_or(0, |ends| (ends.seconds() - self.now.seconds()).max(0))
    }

    /// How long it is until then, in words; `None` if it is over.
    pub fn left_until(&self, then: &Moment) -> Option<String> {
        let seconds = then.seconds() - self.now.seconds();
        match seconds {
            ..=0 => None,
            1..60 => Some("less than a minute".to_owned()),
            60..7200 => Some(about(seconds, 60, "minute")),
            7200..172_800 => Some(about(seconds, 3600, "hour")),
            _ => Some(about(seconds, 86_400, "day")),
        }
    }

    /// The address after something was done, which then says so.
    pub fn done_at(&self, path: &str) -> String {
        match self.leaf() {
            Some(leaf) => format!("{path}?done={leaf}"),
            None => path.to_owned(),
        }
    }

    /// The address of this page with its filters, where some fields have other values: an empty one is left out.
    pub fn address_with(&self, changed: &[(&str, &str)]) -> String {
        self.elsewhere_with(&self.path, changed)
    }

    /// The address of another page with the same filters, where some fields have other values.
    pub fn elsewhere_with(&self, path: &str, changed: &[(&str, &str)]) -> String {
        let unchanged = |name: &str| {
            let own = ["form_token", "done"].contains(&name);
            !own && changed.iter().all(|(other, _)| *other != name)
        };
        let kept = self.form.pairs().filter(|(name, _)| unchanged(name));
        let changed = changed.iter().map(|(name, value)| (*name, *value));
        address_of(path, kept.chain(changed))
    }

    /// The address of this page with these values of a filter chosen, or with none of them, and from its first page.
    pub fn address_choosing(&self, name: &str, values: &[&str], chosen: bool) -> String {
        let kept = self.form.pairs().filter(|(known, held)| {
            let own = ["form_token", "done", "cursor"].contains(known);
            !(own || *known == name && values.contains(&held.trim()))
        });
        let new = values.iter().filter(|_| chosen).map(|value| (name, *value));
        address_of(&self.path, kept.chain(new))
    }

    /// The address of this page without one value of a filter, and from its first page.
    pub fn address_without(&self, name: &str, value: &str) -> String {
        let kept = self.form.pairs().filter(|(known, held)| {
            let own = ["form_token", "done", "cursor", "after"].contains(known);
            let taken = *known == name && held.trim() == value;
            !own && !taken
        });
        address_of(&self.path, kept)
    }

    /// Names and values of what is in the address, but for these and what is the console's own: for a form that adds to
    /// them.
    pub fn others(&self, names: &[&str]) -> Vec<(&str, &str)> {
        let own = ["form_token", "done", "cursor", "after"];
        let pairs = self.form.pairs().filter(|(name, value)| {
            !own.contains(name) && !names.contains(name) && !value.trim().is_empty()
        });
        pairs.collect()
    }

    /// The address of another form of this page, with the same filters and of the same part.
    pub fn address_at(&self, path: &str) -> String {
        let kept = self.form.pairs().filter(|(name, _)| *name != "done");
        address_of(path, kept)
    }
}

fn address_of<'p>(path: &str, pairs: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    let mut address = path.to_owned();
    let filled = pairs.filter(|(_, value)| !value.trim().is_empty());
    for (at, (name, value)) in filled.enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&escaped(name));
        address.push('=');
        address.push_str(&escaped(value.trim()));
    }
    address
}

/// An address to go on at: one of the pages, and nowhere else.
pub fn next_page(wanted: &str) -> &str {
    let plain = wanted
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let inside = ["/console", "/console/", "/console?"]
        .iter()
        .any(|start| wanted == *start || (start.len() > 8 && wanted.starts_with(start)));
    // A browser goes up from a page by dots, also by coded ones.
    let path = wanted.split(['?', '#']).next().unwrap_or_default();
    let path = path.to_ascii_lowercase().replace("%2e", ".");
    let up = path.split('/').any(|part| matches!(part, "." | ".."));
    match plain && inside && !up && !wanted.contains("//") {
        true => wanted,
        false => "/console",
    }
}

/// The word or number by which JSON has a value.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Null) | Err(_) => String::new(),
        Ok(other) => other.to_string(),
    }
}

/// Percent-encoded for a query: only what needs no escape anywhere is left as it is.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// So many seconds in the nearest number of units.
fn about(seconds: i64, unit: i64, name: &str) -> String {
    match (seconds + unit / 2) / unit {
        1 => format!("about 1 {name}"),
        many => format!("about {many} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(query: &str) -> Visit {
        Visit {
            path: "/console/cases/x/records".to_owned(),
            query: query.to_owned(),
            incomplete: false,
            ids: Ids::default(),
            form: Form::parse(query.as_bytes()).unwrap(),
            person: None,
            rights: Rights::default(),
            sitting: Sitting {
                purpose: "scoping".to_owned(),
                reason: "the reason of before".to_owned(),
                done: Some(3),
            },
            zone: Zone::default(),
            now: Moment::from_seconds(0),
            leaf: OnceLock::from(7),
            curl: None,
        }
    }

    #[test]
    fn a_filter_stands_in_the_address_and_one_value_of_it_can_be_taken_away() {
        let visit = visit("country=US&country=GB&carrier=A+%26+B&cursor=abc&done=3&empty=");
        assert_eq!(
            visit.address_with(&[("cursor", "d e")]),
            "/console/cases/x/records?country=US&country=GB&carrier=A%20%26%20B&cursor=d%20e"
        );
        assert_eq!(
            visit.address_without("country", "US"),
            "/console/cases/x/records?country=GB&carrier=A%20%26%20B"
        );
        assert_eq!(
            visit.address_choosing("country", &["FR"], true),
            "/console/cases/x/records?country=US&country=GB&carrier=A%20%26%20B&country=FR"
        );
        assert_eq!(
            visit.address_choosing("country", &["US", "GB"], false),
            "/console/cases/x/records?carrier=A%20%26%20B"
        );
        assert_eq!(visit.done(), Some(3));
        assert_eq!(
            visit.here(),
            "/console/cases/x/records?country=US&country=GB&carrier=A+%26+B&cursor=abc&empty="
        );
        let left = |seconds| visit.left_until(&Moment::from_seconds(seconds));
        assert_eq!(left(0), None);
        assert_eq!(left(59).as_deref(), Some("less than a minute"));
        assert_eq!(left(60).as_deref(), Some("about 1 minute"));
        assert_eq!(left(121).as_deref(), Some("about 2 minutes"));
        // Seven hours and 59 minutes.
        assert_eq!(left(28_740).as_deref(), Some("about 8 hours"));
        assert_eq!(left(86_400).as_deref(), Some("about 24 hours"));
        assert_eq!(left(604_799).as_deref(), Some("about 7 days"));
    }

    #[test]
    fn a_page_says_that_something_was_done_only_to_the_session_that_did_it() {
        assert_eq!(visit("done=3").done(), Some(3));
        assert_eq!(visit("done=4").done(), None);
        let mut other = visit("done=3");
        other.sitting = Sitting::default();
        assert_eq!(other.done(), None);
        assert_eq!(visit("").done_at("/console"), "/console?done=7");
    }

    #[test]
    fn what_was_typed_goes_before_what_was_given_last() {
        let visit = visit("reason=a+new+reason");
        assert_eq!(visit.value("reason"), "a new reason");
        assert!(visit.holds("purpose", "scoping"));
        assert_eq!(visit.value("ticket"), "");
    }

    #[test]
    fn the_next_address_is_a_page_of_this_vault() {
        for wanted in [
            "/console",
            "/console/cases/c_1?country=US",
            "/console?x=a/../b",
        ] {
            assert_eq!(next_page(wanted), wanted);
        }
        for wanted in [
            "",
            "https://example.com/console",
            "//example.com/console",
            "/\\example.com",
            "/console//example.com",
            "/console/\r\nset-cookie: x",
            "/consoles",
            "/console/../api/v1/me",
            "/console/cases/..",
            "/console/%2e%2E/api/v1/me",
            "/console/./x",
            "/api/v1/me",
        ] {
            assert_eq!(next_page(wanted), "/console", "{wanted:?}");
        }
    }
}
