//! What the kinds of request are called on pages. The API's words for them stay in addresses.

/// A kind: its word in the API, one of them as a heading, all of them as a heading, and one after "asks for".
type Called = (&'static str, &'static str, &'static str, &'static str);

const CALLED: [Called; 8] = [
    (
        "reveal",
        "Reveal of numbers",
        "Reveals of numbers",
        "a reveal of numbers",
    ),
    ("export", "Export", "Exports", "an export"),
    (
        "raise",
        "More lookup points",
        "More lookup points",
        "more lookup points",
    ),
    (
        "withdrawal",
        "Withdrawal of an exhibit",
        "Withdrawals of exhibits",
        "the withdrawal of an exhibit",
    ),
    (
        "quarantine",
        "Look at rows in quarantine",
        "Looks at rows in quarantine",
        "a look at rows in quarantine",
    ),
    (
        "membership",
        "Role for a member",
        "Roles for members",
        "a role for a member",
    ),
    (
        "destruction",
        "Destruction of the case",
        "Destructions of the case",
        "the destruction of the case",
    ),
    (
        "erasure",
        "Erasure of a number",
        "Erasures of numbers",
        "the erasure of a number",
    ),
];

fn find(kind: &str) -> Option<&'static Called> {
    CALLED.iter().find(|(word, ..)| *word == kind)
}

/// One request, as a heading or a link.
pub(super) fn one(kind: &str) -> &str {
    find(kind).map_or(kind, |(_, one, ..)| one)
}

/// The requests of a kind, as a heading or a link.
pub(super) fn several(kind: &str) -> &str {
    find(kind).map_or(kind, |(_, _, several, _)| several)
}

/// What somebody asks for, after these words.
pub(super) fn asked_for(kind: &str) -> &str {
    find(kind).map_or(kind, |(.., asked_for)| asked_for)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RequestWords;

    #[test]
    fn every_kind_of_request_has_its_words() {
        assert_eq!(RequestWords::ALL.len(), CALLED.len());
        for kind in RequestWords::ALL {
            assert!(find(kind.one).is_some(), "{}", kind.one);
            assert!(
                one(kind.one).starts_with(char::is_uppercase),
                "{}",
                kind.one
            );
            assert!(
                several(kind.one).starts_with(char::is_uppercase),
                "{}",
                kind.one
            );
            assert!(
                asked_for(kind.one).starts_with(char::is_lowercase),
                "{}",
                kind.one
            );
        }
    }
}
