//! The menus of a page: what there is to go to, each with the action by which the policy decides about it.
//!
//! The one place for it: a link that would be refused is not there.

use super::visit::Visit;
use crate::policy::ActionKind;

/// A page to go to.
pub(super) struct Entry {
    pub(super) to: String,
    pub(super) read: &'static str,
    /// The key that follows it.
    pub(super) key: char,
}

/// Where to, behind the beginning of all addresses; what it is called, its key, and what it needs.
type Line = (&'static str, &'static str, char, Option<ActionKind>);

use ActionKind as A;

const VAULT: [Line; 5] = [
    ("/console", "Home", 'h', None),
    ("/console/cases", "Cases", 'c', Some(A::ListCases)),
    ("/console/audit", "Audit", 'a', Some(A::SearchLeaves)),
    ("/console/audit/sign-off", "Sign-off", 'g', Some(A::SignOff)),
    (
        "/console/operators",
        "Operators",
        'p',
        Some(A::ListOperators),
    ),
];

const CASE: [Line; 7] = [
    ("", "Overview", 'o', Some(A::ReadOverview)),
    ("/lookup", "Look up", 'l', Some(A::LookUp)),
    ("/records", "Records", 'r', Some(A::SearchRecords)),
    ("/scope", "Scope", 's', Some(A::Scope)),
    ("/requests", "Requests", 'q', Some(A::ReadCase)),
    ("/exhibits", "Exhibits", 'e', Some(A::ListExhibits)),
    ("/members", "Members", 'm', Some(A::ListMembers)),
];

const FOOT: [Line; 8] = [
    (
        "/console/sessions",
        "Your sessions",
        'u',
        Some(A::ListSessions),
    ),
    (
        "/console/passkeys",
        "Your passkeys",
        'z',
        Some(A::ListPasskeys),
    ),
    (
        "/console/tokens",
        "Tokens for scripts",
        'x',
        Some(A::ListTokens),
    ),
    ("/console/budgets", "Your budgets", 'b', Some(A::ListInbox)),
    ("/console/keys", "Keys", 'y', Some(A::ReadKeys)),
    ("/console/health", "Health", 'v', Some(A::ReadHealth)),
    ("/console/clock", "Clock", 't', Some(A::ReadClock)),
    ("/errors", "Errors explained", 'd', None),
];

impl Visit {
    /// Pages of the vault as a whole.
    pub(super) fn menu(&self) -> Vec<Entry> {
        self.entries("", &VAULT)
    }

    /// Pages of the case that the page is about; none if it is about none that the reader may read.
    pub(super) fn case_menu(&self) -> Vec<Entry> {
        match self.rights.case() {
            Some(case) => self.entries(&format!("/console/cases/{case}"), &CASE),
            None => Vec::new(),
        }
    }

    /// Pages about the reader and the vault, at the foot.
    pub(super) fn foot(&self) -> Vec<Entry> {
        self.entries("", &FOOT)
    }

    fn entries(&self, begins: &str, lines: &[Line]) -> Vec<Entry> {
        let may = |line: &&Line| line.3.is_none_or(|action| self.may(action));
        let entry = |(to, read, key, _): &Line| Entry {
            to: format!("{begins}{to}"),
            read,
            key: *key,
        };
        lines.iter().filter(may).map(entry).collect()
    }
}
