//! A refusal of the server, told as what, where and what to do.
//!
//! What to do is what `docs/errors.md` says of its kind, in the client's own words where that page speaks of requests.

use serde_json::Value;

use super::failure::Failure;
use super::profile;
use super::shown::shown;
use super::table::plain;
use super::typed::typed;

/// Reads a problem document; `None` if it is none. `signed_in` is the profile whose session was used, if one was.
pub(crate) fn failure(document: &Value, signed_in: Option<&str>) -> Option<Failure> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(shown);
    let kind = text("type")?;
    let kind = kind.strip_prefix("/errors#")?.to_owned();
    let title = text("title")?;
    let mut what = title.trim_end_matches('.').to_owned();
    // Where the damage is in the vault was typed by nobody.
    let at = text("at").map(|at| match kind.as_str() {
        "damaged" => at.into_owned(),
        _ => typed(&at),
    });
    match (at, text("rule")) {
        // What was typed says it all; what a request looks like does not matter here.
        (Some(at), Some(rule)) if kind == "invalid" => what = format!("{at}: {rule}"),
        (Some(at), Some(rule)) => what.push_str(&format!("; {at}: {rule}")),
        (Some(at), None) => what.push_str(&format!("; {at}")),
        (None, _) => {}
    }
    if matches!(kind.as_str(), "malformed-query" | "malformed-json") {
        what = "the server does not understand what this program sends".to_owned();
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
    let points = |name: &str| document.get(name).and_then(Value::as_u64);
    if let (Some(costs), Some(left)) = (points("costs"), points("left")) {
        what.push_str(&format!("; it costs {costs} points, and {left} are left"));
    }
    match document.get("leaf").and_then(Value::as_u64) {
        Some(leaf) => what.push_str(&format!(" ({kind}, audit leaf {leaf})")),
        None => what.push_str(&format!(" ({kind})")),
    }
    let failure = match is_wrong_input(&kind) {
        true => Failure::usage(what),
        false if kind == "sealed" => Failure::sealed(what),
        false => Failure::failed(what),
    };
    let failure = Failure {
        problem: Some(kind.clone()),
        ..failure
    };
    Some(match to_do(&kind, signed_in) {
        Some(way_out) => failure.way_out(way_out),
        None => failure,
    })
}

/// Whether what was typed is wrong, whatever the vault holds.
fn is_wrong_input(kind: &str) -> bool {
    matches!(
        kind,
        "invalid" | "malformed-json" | "malformed-query" | "address-too-long" | "headers-too-large"
    )
}

/// What to do about a kind of problem.
fn to_do(kind: &str, signed_in: Option<&str>) -> Option<String> {
    Some(match kind {
        "unauthenticated" | "session-ended" => {
            format!("sign in with `{}`", profile::command("login", signed_in))
        }
        "invalid" => "`--help` after the command says what it takes, with an example".to_owned(),
        "malformed-json" | "malformed-query" => {
            "look at the versions of both sides: `breachvault --version`".to_owned()
        }
        "not-found" => "check the id, and that a lead named you as a member of the case".to_owned(),
        "over-budget" => {
            "ask about fewer numbers at once, or for more points with `breachvault raise request`, \
             which another lead decides"
                .to_owned()
        }
        "budget-spent" => {
            "wait until the budget covers it (`breachvault budgets`), or ask for more points with \
             `breachvault raise request`, which another lead decides"
                .to_owned()
        }
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::client::FailureKind;
    use serde_json::json;

    #[test]
    fn a_problem_says_what_and_where_and_what_to_do() {
        let told = failure(&json!({
            "type": "/errors#invalid", "title": "A member is invalid.", "status": 400, "leaf": 7,
            "at": "reason", "rule": "must have 10 to 500 characters", "request_id": "x",
        }), None)
        .unwrap();
        assert_eq!(
            told.what,
            "--reason: must have 10 to 500 characters (invalid, audit leaf 7)"
        );
        assert!(told.way_out.is_some());
        assert_eq!(told.kind, FailureKind::Usage);
    }

    #[test]
    fn the_place_of_damage_is_no_option_of_a_command() {
        let damaged = json!({ "type": "/errors#damaged", "title": "A part is missing.",
            "at": "package of e_0123456789abcdefghjk" });
        let told = failure(&damaged, None).unwrap().what;
        assert!(
            told.contains("; package of e_0123456789abcdefghjk"),
            "{told}"
        );
    }

    #[test]
    fn what_costs_too_much_says_its_price_and_names_a_command() {
        for kind in ["over-budget", "budget-spent"] {
            let told = failure(
                &json!({ "type": format!("/errors#{kind}"), "title": "Too much.",
                "costs": 3000, "left": 2000 }),
                None,
            )
            .unwrap();
            let price = "it costs 3000 points, and 2000 are left";
            assert!(told.what.contains(price), "{}", told.what);
            let to_do = told.way_out.unwrap();
            assert!(to_do.contains("`breachvault raise request`"), "{to_do}");
            assert!(!to_do.contains("/cases/"), "{to_do}");
        }
    }

    #[test]
    fn what_was_typed_wrong_is_a_wrong_command_line_and_a_refusal_is_not() {
        let kinds = ERRORS.lines().filter_map(|line| line.strip_prefix("## "));
        let wrong: Vec<&str> = kinds
            .filter(|kind| {
                let document = json!({ "type": format!("/errors#{kind}"), "title": "x" });
                failure(&document, None).unwrap().kind == FailureKind::Usage
            })
            .collect();
        let expected = [
            "malformed-json",
            "malformed-query",
            "address-too-long",
            "invalid",
            "headers-too-large",
        ];
        assert_eq!(BTreeSet::from_iter(wrong), BTreeSet::from(expected));
    }

    #[test]
    fn a_session_that_ended_is_opened_anew_in_its_own_profile() {
        let ended = json!({ "type": "/errors#session-ended", "title": "The session has ended.",
            "detail": "It was not used for too long." });
        for (profile, command) in [
            (None, "`breachvault login`"),
            (Some("default"), "`breachvault login`"),
            (Some("evening"), "`breachvault login --profile evening`"),
        ] {
            let told = failure(&ended, profile).unwrap();
            assert!(told.way_out.unwrap().contains(command));
            assert!(told.what.contains("It was not used for too long"));
        }
    }

    #[test]
    fn every_kind_in_the_document_has_a_way_out() {
        let kinds = ERRORS.lines().filter_map(|line| line.strip_prefix("## "));
        for kind in kinds {
            assert!(
                to_do(kind, None).is_some_and(|told| told.len() > 10),
                "{kind}"
            );
        }
    }

    #[test]
    fn what_is_no_problem_is_none_and_a_title_cannot_move_the_cursor() {
        assert!(failure(&json!({}), None).is_none());
        assert!(failure(&json!({ "type": "about:blank", "title": "x" }), None).is_none());
        let told = json!({ "type": "/errors#\u{1b}", "title": "\u{1b}[2J" });
        let told = failure(&told, None).unwrap();
        assert!(!told.what.contains('\u{1b}'), "{}", told.what);
    }
}
