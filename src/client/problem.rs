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
    let near = document.get("near_misses").is_some();
    let names_liaison = near && text("at").is_some_and(|at| at == "account");
    match (at, text("rule")) {
        _ if names_liaison => what = NOT_IN_LOG.to_owned(),
        // The place is in the file, and the sentence says where.
        (_, Some(rule)) if matches!(kind.as_str(), "unreadable" | "not-admitted") => {
            what.push_str(&format!("; {rule}"));
        }
        // What was typed says it all; what a request looks like does not matter here.
        (Some(at), Some(rule)) if kind == "invalid" => what = format!("{at}: {rule}"),
        (None, Some(rule)) => what.push_str(&format!("; {rule}")),
        (Some(at), Some(rule)) => what.push_str(&format!("; {at}: {rule}")),
        (Some(at), None) => what.push_str(&format!("; {at}")),
        (None, None) => {}
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
        let is_said =
            |value: &&Value| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty());
        if let Some(value) = document.get(name).filter(is_said) {
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
    if near {
        return Some(failure.way_out(match names_liaison {
            true => WAY_OUT_OF_NOT_IN_LOG,
            false => "name one that is near to it",
        }));
    }
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
        "not-allowed" => "ask somebody who has one of these roles".to_owned(),
        "not-recognised" => {
            "call a lead of the case, or meet them, and read out your fingerprint, which `breachvault whoami` shows"
                .to_owned()
        }
        "assertion-needed" => {
            "you have a passkey and sign this act with it: do it in the console, or on the host with --dir".to_owned()
        }
        "case-state" => {
            "`breachvault case reopen` opens a closed one, or asks to lift the hold, which somebody else decides; or leave \
             it as it is"
                .to_owned()
        }
        "rotation-under-way" => {
            "wait until it has ended: `breachvault key status` says how far it is".to_owned()
        }
        "clock-right" => "nothing; `breachvault clock read` shows both".to_owned(),
        "keyring-slots" => {
            "`breachvault key slots` shows the slots and the change that waits; docs/keyring.md says the rest"
                .to_owned()
        }
        "cut-too-close" => {
            "leave --rule out: a table that was given out is given again as it was; after a new exhibit with few new \
             people, ask for a scope report (docs/errors.md)"
                .to_owned()
        }
        "unreadable" => {
            "--format, --zone, --account, --region, --map and --mapping say what the file does not; \
             `breachvault exhibit check FILE` reports on all of it, and the same file may come again"
                .to_owned()
        }
        "not-admitted" => {
            "send it again with what it lacks: --region R for numbers without a calling code, --zone Z for times \
             without a zone, --account A, --quotes none where a stray quote swallows lines, or --mapping FILE; \
             --accept-quarantined admits what can be read"
                .to_owned()
        }
        "lookups-frozen" => {
            "wait, or ask another lead to thaw them with `breachvault members thaw`".to_owned()
        }
        "unaudited" => "check the disk of the server".to_owned(),
        "sealed" => {
            "the holders of shares give them, each with `breachvault key unseal` (docs/keyring.md)".to_owned()
        }
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

const NOT_IN_LOG: &str =
    "--account: is the account of no admitted record, and rows in quarantine do not count";
const WAY_OUT_OF_NOT_IN_LOG: &str =
    "name one that is near to it, or say --account-not-in-log if its log is still to be admitted";

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
    fn a_file_that_is_refused_names_no_option_that_is_none() {
        let document = json!({ "type": "/errors#unreadable", "title": "The file cannot be read.",
            "at": "unknown-format", "rule": "the file fits no known format; name its format" });
        let told = failure(&document, None).unwrap();
        assert!(!told.what.contains("--unknown-format"), "{}", told.what);
        assert!(told.what.contains("fits no known format"), "{}", told.what);
        assert!(told.way_out.unwrap().contains("--format"));
    }

    #[test]
    fn an_account_of_no_record_is_told_with_those_near_to_it() {
        let document = json!({ "type": "/errors#invalid", "title": "x", "at": "filter.account",
            "rule": "matches no record", "near_misses": ["Contoso Ltd"] });
        let told = failure(&document, None).unwrap();
        assert_eq!(
            told.what,
            "--account: matches no record; near to it: Contoso Ltd (invalid)"
        );
        assert_eq!(told.way_out.unwrap(), "name one that is near to it");
    }

    #[test]
    fn an_account_that_is_not_in_the_log_is_told_in_words_of_the_command_line() {
        let told = |near: Value| {
            let document = json!({ "type": "/errors#invalid", "title": "x", "at": "account",
                "rule": "take one of `near_misses`, or say `account_not_in_log`",
                "near_misses": near });
            let told = failure(&document, None).unwrap();
            format!("{}; {}", told.what, told.way_out.unwrap())
        };
        for near in [json!([]), json!(["ACME Corp"])] {
            let told = told(near.clone());
            assert!(
                told.contains("--account: is the account of no admitted record"),
                "{told}"
            );
            assert!(told.contains("--account-not-in-log"), "{told}");
            assert!(
                !told.contains("near_misses") && !told.contains("account_not"),
                "{told}"
            );
            assert_eq!(
                told.contains("near to it: ACME Corp"),
                near != json!([]),
                "{told}"
            );
        }
    }

    #[test]
    fn a_role_that_may_not_is_told_which_may() {
        let document = json!({ "type": "/errors#not-allowed", "rule": "these roles may: lead",
            "title": "Your role does not allow this." });
        let told = failure(&document, None).unwrap().what;
        assert!(told.contains("; these roles may: lead"), "{told}");
    }

    #[test]
    fn what_to_do_speaks_of_commands_and_not_of_requests() {
        // What only a program that is no client of ours comes upon.
        let of_programs = [
            "malformed-request",
            "method-not-allowed",
            "not-acceptable",
            "unsupported-media-type",
            "headers-too-large",
            "node-unfit",
        ];
        let kinds = ERRORS.lines().filter_map(|line| line.strip_prefix("## "));
        for kind in kinds.filter(|kind| !of_programs.contains(kind)) {
            let told = to_do(kind, None).unwrap();
            for word in [
                "GET /", "POST /", "PUT /", "/openapi", "/cases/", "`rule`", "`at`",
            ] {
                assert!(!told.contains(word), "{kind}: {told}");
            }
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
