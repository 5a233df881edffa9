//! What comes with a request from the caller's passkey: the header `Passkey-Assertion`, or the same text in a form.

use http::HeaderMap;

use crate::domain::Assertion;
use crate::vault::Said;

/// The header.
pub(super) const HEADER: &str = "passkey-assertion";
/// In its place, or in place of the field: what is to be signed?
const ASK: &str = "ask";

/// What a request says by its header. Of two headers neither counts.
pub(super) fn of_headers(headers: &HeaderMap) -> Option<Said> {
    let mut values = headers.get_all(HEADER).iter();
    let value = values.next()?;
    match (value.to_str(), values.next()) {
        (Ok(text), None) => of_text(text),
        _ => Some(Said::Unreadable),
    }
}

/// What a text says; nothing if it is empty.
pub(super) fn of_text(text: &str) -> Option<Said> {
    match text {
        "" => None,
        ASK => Some(Said::AsksChallenge),
        text => Some(Assertion::parse(text).map_or(Said::Unreadable, Said::Signed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_question_an_assertion_and_what_is_neither_are_told_apart() {
        assert_eq!(of_text(""), None);
        assert_eq!(of_text("ask"), Some(Said::AsksChallenge));
        assert!(matches!(of_text("AA.AA.AA.AA.AA"), Some(Said::Signed(_))));
        for wrong in [
            "asks",
            "AA.AA.AA.AA",
            "AA.AA.AA.AA.AA.AA",
            "AA.A.AA.AA.AA",
            "....",
        ] {
            assert_eq!(of_text(wrong), Some(Said::Unreadable), "{wrong}");
        }
        let mut headers = HeaderMap::new();
        assert_eq!(of_headers(&headers), None);
        headers.append(HEADER, "ask".parse().unwrap());
        assert_eq!(of_headers(&headers), Some(Said::AsksChallenge));
        headers.append(HEADER, "ask".parse().unwrap());
        assert_eq!(of_headers(&headers), Some(Said::Unreadable));
    }
}
