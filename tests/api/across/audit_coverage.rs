//! Exactly one leaf for what is done, denied, failed and not understood; the two
//! acts of an upload and of a package's first hand-out have one each.

use breachvault::http::table;
use serde_json::Value;

use super::routes::{
    Asked, IN_A_CASE_OF_ITS_OWN, IN_A_CASE_OF_THREE, OPEN, ROWS, Row, ask, ask_open, client,
    work_on,
};
use crate::support::{Answer, Incident, PASSWORD, TestVault, Who};

/// Sends it and looks at the leaves it wrote.
fn leaves_of(incident: &Incident, send: impl FnOnce() -> Answer) -> (Answer, Vec<Value>) {
    let before = incident.leaves();
    let answer = send();
    let after = incident.leaves();
    // What the vault itself does after a destruction, an erasure or a new key comes when it comes.
    let own = |leaf: &Value| {
        let own = [
            "destruction.certify",
            "erasure.overwrite",
            "erasure.finish",
            "key.reseal",
            "key.retire",
        ];
        own.iter().any(|action| leaf["action"] == *action)
    };
    let leaves = (before..after)
        .map(|number| incident.leaf(number))
        .filter(|leaf| !own(leaf))
        .collect();
    (answer, leaves)
}

fn action(row: &Row) -> &'static str {
    let route = table()
        .into_iter()
        .find(|route| format!("{} {}", route.method, route.path) == row.route)
        .unwrap();
    route.action.unwrap().name()
}

#[track_caller]
fn check(incident: &Incident, row: &Row, who: Who, answer: &Answer, leaf: &Value, outcome: &str) {
    let route = row.route;
    assert_eq!(answer.leaf(), leaf["seq"].as_u64(), "{route}");
    assert_eq!(leaf["outcome"], outcome, "{route} {leaf}");
    // Passkeys, tokens and machines are tried by people of their own.
    let others = [
        "POST /api/v1/me/passkeys",
        "POST /api/v1/tokens",
        "DELETE /api/v1/tokens/{token}",
        "POST /api/v1/machines",
        "DELETE /api/v1/machines/{machine}",
        "DELETE /api/v1/me/passkeys/{passkey}",
    ];
    match others.contains(&route) {
        true => assert!(leaf["operator"].is_string(), "{route}"),
        false => assert_eq!(leaf["operator"], incident.operator(who).as_str(), "{route}"),
    }
    let of_case = [
        "{case}",
        "{reveal}",
        "{export}",
        "{withdrawal}",
        "{raise}",
        "{request}",
        "{quarantine}",
        "{move}",
    ];
    if of_case.iter().any(|name| route.contains(name)) {
        let same = leaf["case"] == incident.case.as_str();
        let own = route == IN_A_CASE_OF_ITS_OWN || IN_A_CASE_OF_THREE.contains(&route);
        assert_eq!(same, !own, "{route} {leaf}");
    }
    assert_eq!(
        leaf.get("kind").is_none(),
        outcome == "done",
        "{route} {leaf}"
    );
    assert!(leaf["session"].is_string(), "{route}");
}

#[test]
fn what_is_done_has_its_leaf() {
    let incident = Incident::new();
    for row in ROWS {
        let asked = ask(&incident, row.route);
        let by = client(&incident, row.route, row.granted);
        let (answer, leaves) = leaves_of(&incident, || asked.send(&by));
        assert_eq!(leaves.len() as u64, row.leaves, "{}: {leaves:?}", row.route);
        let last = leaves.last().unwrap();
        check(&incident, row, row.granted, &answer, last, "done");
        let actions: Vec<&str> = leaves
            .iter()
            .map(|leaf| leaf["action"].as_str().unwrap())
            .collect();
        match row.route {
            "POST /api/v1/cases/{case}/exhibits" => {
                assert_eq!(actions, ["exhibit.begin", "exhibit.finish"]);
            }
            "GET /api/v1/exports/{export}/package"
            | "GET /api/v1/quarantines/{quarantine}/package" => {
                assert_eq!(actions, ["export.build", "export.package"]);
            }
            _ => assert_eq!(actions, [action(row)], "{}", row.route),
        }
        work_on(&incident);
    }
    for route in OPEN {
        let path = route.split_once("/api/v1").unwrap().1;
        let body = ask_open(&incident, route);
        let (answer, leaves) = leaves_of(&incident, || incident.anonymous().post(path, &body));
        assert_eq!(leaves.len(), 1, "{route}");
        assert_eq!(answer.leaf(), leaves[0]["seq"].as_u64());
        assert_eq!(leaves[0]["outcome"], "done");
    }
}

#[test]
fn what_is_denied_has_one_leaf() {
    let incident = Incident::new();
    for row in ROWS {
        let Some((who, status)) = row.denied else {
            continue;
        };
        let asked = ask(&incident, row.route);
        let by = client(&incident, row.route, who);
        let (answer, leaves) = leaves_of(&incident, || asked.send(&by));
        assert_eq!(answer.status, status, "{}", row.route);
        assert_eq!(leaves.len(), 1, "{}: {leaves:?}", row.route);
        check(&incident, row, who, &answer, &leaves[0], "denied");
        work_on(&incident);
    }
}

/// The same request with something in it that nobody understands.
fn spoilt(asked: Asked) -> Option<Asked> {
    let upload = asked.path.ends_with("/exhibits") && !asked.body.is_empty();
    let body = match (asked.takes_json(), upload) {
        (true, _) => b"{\"+447700900123".to_vec(),
        (_, true) => b"no log at all".to_vec(),
        _ => return None,
    };
    Some(Asked { body, ..asked })
}

#[test]
fn what_is_not_understood_has_one_leaf_and_a_file_its_two() {
    let incident = Incident::new();
    let mut tried = 0;
    for row in ROWS {
        let Some(asked) = spoilt(ask(&incident, row.route)) else {
            continue;
        };
        let by = client(&incident, row.route, row.granted);
        let (answer, leaves) = leaves_of(&incident, || asked.send(&by));
        assert!(
            [400, 422].contains(&answer.status),
            "{}: {}",
            row.route,
            answer.text()
        );
        let upload = row.route == "POST /api/v1/cases/{case}/exhibits";
        assert_eq!(
            leaves.len(),
            if upload { 2 } else { 1 },
            "{}: {leaves:?}",
            row.route
        );
        let last = leaves.last().unwrap();
        if upload {
            assert_eq!(last["action"], "exhibit.abandon");
        } else {
            assert_eq!(last["action"], action(row));
            check(&incident, row, row.granted, &answer, last, "failed");
        }
        assert!(
            !leaves
                .iter()
                .any(|leaf| leaf.to_string().contains("7700900"))
        );
        work_on(&incident);
        tried += 1;
    }
    assert!(tried > 15);
}

#[test]
fn what_breaks_a_rule_has_one_leaf() {
    let incident = Incident::new();
    for row in ROWS {
        let mut asked = ask(&incident, row.route);
        let Ok(mut json) = serde_json::from_slice::<Value>(&asked.body) else {
            continue;
        };
        // A member that is there, with a value that no rule allows.
        let Some(member) = ["reason", "name", "role", "limit", "audience", "decision"]
            .into_iter()
            .find(|member| json.get(member).is_some())
        else {
            continue;
        };
        json[member] = if member == "limit" {
            0.into()
        } else {
            "!".into()
        };
        asked.body = json.to_string().into_bytes();
        let by = client(&incident, row.route, row.granted);
        let (answer, leaves) = leaves_of(&incident, || asked.send(&by));
        assert_eq!(answer.status, 422, "{}: {}", row.route, answer.text());
        assert_eq!(leaves.len(), 1, "{}: {leaves:?}", row.route);
        check(&incident, row, row.granted, &answer, &leaves[0], "failed");
        work_on(&incident);
    }
}

#[test]
fn what_names_nothing_has_one_leaf_that_does_not_repeat_it() {
    let incident = Incident::new();
    for row in ROWS {
        for made_up in ["no-id", "_44770090012300000000"] {
            let mut asked = ask(&incident, row.route);
            let Some((_, rest)) = row.route.split_once("/{") else {
                continue;
            };
            let (name, rest) = rest.split_once('}').unwrap();
            if name == "passkey" {
                // Whoever has one signs first: `passkey/remove.rs`.
                continue;
            }
            let letter = match name {
                "leaf" => "".to_owned(),
                name => name[..1].to_owned(),
            };
            let id = if made_up == "no-id" {
                made_up.to_owned()
            } else if name == "leaf" {
                "447700900123".to_owned()
            } else {
                letter + made_up
            };
            let begin = row
                .route
                .split_once(' ')
                .unwrap()
                .1
                .split_once("/{")
                .unwrap()
                .0;
            let rest = rest
                .replace("{operator}", &incident.operator(Who::Outsider))
                .replace("{exhibit}", "x_44770090012300000000");
            let query = asked.path.split_once('?').map(|(_, query)| query);
            let query = query.map_or_else(String::new, |query| format!("?{query}"));
            asked.path = format!("{begin}/{id}{rest}{query}");
            let by = client(&incident, row.route, row.granted);
            let (answer, leaves) = leaves_of(&incident, || asked.send(&by));
            assert_eq!(answer.status, 404, "{}: {}", row.route, answer.text());
            assert_eq!(leaves.len(), 1, "{}: {leaves:?}", row.route);
            assert_eq!(answer.leaf(), leaves[0]["seq"].as_u64());
            assert_ne!(leaves[0]["outcome"], "done");
            let text = leaves[0].to_string();
            assert!(!text.contains("7700900"), "{}: {text}", row.route);
        }
        work_on(&incident);
    }
}

#[test]
fn a_wrong_password_has_a_leaf_and_a_stranger_has_none() {
    let incident = Incident::new();
    incident.lead();
    let wrong = serde_json::json!({ "name": "lead.one", "password": "not the password of it" });
    let (answer, leaves) = leaves_of(&incident, || incident.anonymous().post("/sessions", &wrong));
    assert_eq!(leaves.len(), 1);
    assert_eq!(answer.leaf(), leaves[0]["seq"].as_u64());
    assert_eq!(leaves[0]["outcome"], "denied");
    for row in ROWS {
        let asked = ask(&incident, row.route);
        let before = incident.leaves();
        let answer = asked.send(&incident.anonymous());
        assert_eq!((answer.status, answer.leaf()), (401, None), "{}", row.route);
        assert_eq!(incident.leaves(), before, "{}", row.route);
        work_on(&incident);
    }
}

#[test]
fn invitations_that_nobody_was_given_fill_no_log_and_are_counted_as_strangers() {
    let vault = TestVault::new();
    let (_, late) = vault.invite("late.comer", "investigator");
    vault.clock.advance_seconds(3 * 86_400);
    vault.forget_sessions();
    vault.administrator();
    let before = vault.leaves();
    let strangers = || {
        let page = vault.anonymous().get("/metrics").assert_status(200).text();
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix("breachvault_strangers_total "));
        line.unwrap().parse::<u64>().unwrap()
    };
    let counted = strangers();
    for no in 0..200 {
        let token = match no % 4 {
            0 => late.clone(),
            1 => "no invitation at all".to_owned(),
            _ => format!("{no:A>42}A"),
        };
        let body = serde_json::json!({ "enrolment": token, "password": PASSWORD, "totp": true });
        let answer = vault.anonymous().post("/enrolments", &body);
        let answer = answer.assert_problem(401, "wrong-credential");
        assert_eq!(answer.leaf(), None);
    }
    // One leaf a minute sums them up.
    assert!(vault.leaves() <= before + 1);
    assert!(strangers() >= counted + 200);
}
