//! A refusal of the server, told as what, where and what to do.
//!
//! What to do is what `docs/errors.md` says of its kind, in the client's own words where that page speaks of requests.

use serde_json::Value;

use super::failure::Failure;
use super::shown::shown;
use super::table::plain;

/// Reads a problem document; `None` if it is none.
pub(crate) fn failure(document: &Value) -> Option<Failure> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(shown);
    let kind = text("type")?;
    let kind = kind.strip_prefix("/errors#")?.to_owned();
    let title = text("title")?;
    let mut what = title.trim_end_matches('.').to_owned();
    if let Some(at) = text("at") {
        what.push_str(&format!("; {at}"));
        if let Some(rule) = text("rule") {
            what.push_str(&format!(": {rule}"));
        }
    }
    for (name, word) in [("line", "line"), ("column", "column")] {
        if let Some(place) = document.get(name).and_then(Value::as_u64) {
            what.push_str(&format!(", {word} {place}"));
        }
    }
    for (name, word) in [
        ("detail", ""),
        ("exhibit", "exhibit "),
        ("near_misses", "near to it: "),
    ] {
        if let Some(value) = document.get(name).filter(|value| !value.is_null()) {
            let value = plain(value);
            what.push_str(&format!("; {word}{}", shown(value.trim_end_matches('.'))));
        }
    }
    match document.get("leaf").and_then(Value::as_u64) {
        Some(leaf) => what.push_str(&format!(" ({kind}, audit leaf {leaf})")),
        None => what.push_str(&format!(" ({kind})")),
    }
    let failure = Failure::failed(what);
    Some(match to_do(&kind) {
        Some(way_out) => failure.way_out(way_out),
        None => failure,
    })
}

/// What to do about a kind of problem.
fn to_do(kind: &str) -> Option<String> {
    Some(match kind {
        "unauthenticated" | "session-ended" => "sign in with `breachvault login`".to_owned(),
        "not-found" => "check the id, and that a lead named you as a member of the case".to_owned(),
        "second-factor-needed" => {
            "sign in again and give the code of your second factor; if you have none yet, \
             docs/people.md says how to set one up"
                .to_owned()
        }
        kind => {
            let section = ERRORS.split("\n## ").find_map(|section| {
                let (heading, text) = section.split_once('\n')?;
                (heading == kind).then_some(text)
            })?;
            let (_, told) = section.split_once("What to do: ")?;
            let told = told.split("\n\n").next()?;
            told.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    })
}

const ERRORS: &str = include_str!("../../docs/errors.md");

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_problem_says_what_and_where_and_what_to_do() {
        let told = failure(&json!({
            "type": "/errors#invalid", "title": "A member is invalid.", "status": 400, "leaf": 7,
            "at": "reason", "rule": "must have 10 to 500 characters", "request_id": "x",
        }))
        .unwrap();
        assert_eq!(
            told.what,
            "A member is invalid; reason: must have 10 to 500 characters (invalid, audit leaf 7)"
        );
        assert!(told.way_out.is_some());
    }

    #[test]
    fn every_kind_in_the_document_has_a_way_out() {
        let kinds = ERRORS.lines().filter_map(|line| line.strip_prefix("## "));
        for kind in kinds {
            assert!(to_do(kind).is_some_and(|told| told.len() > 10), "{kind}");
        }
    }

    #[test]
    fn what_is_no_problem_is_none_and_a_title_cannot_move_the_cursor() {
        assert!(failure(&json!({})).is_none());
        assert!(failure(&json!({ "type": "about:blank", "title": "x" })).is_none());
        let told = failure(&json!({ "type": "/errors#\u{1b}", "title": "\u{1b}[2J" })).unwrap();
        assert!(!told.what.contains('\u{1b}'), "{}", told.what);
    }
}
