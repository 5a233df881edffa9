//! The asker sees the numbers, once.

use std::collections::BTreeMap;

use serde_json::json;

use super::{decide, open, subjects};
use crate::support::{Incident, Log, body, csv_of, shared};

#[test]
fn two_people_reveal_numbers_and_only_the_asker_sees_them() {
    let incident = shared();
    let (tokens, numbers) = subjects(incident, 3);
    let asked = incident.investigator().post(
        &incident.of_case("/reveals"),
        &json!({
            "subjects": tokens, "purpose": "notification", "reason": body::REASON, "ticket": "T-17",
        }),
    );
    let asked = asked.assert_status(201);
    assert_eq!(asked.member("state"), "requested");
    assert_eq!(asked.member("expires_at"), "2024-04-03T09:00:00Z");
    let reveal = asked.member("reveal");

    let seen = incident.lead().get(&format!("/reveals/{reveal}"));
    let json = seen.assert_status(200).json();
    assert_eq!(json["numbers"], 3);
    assert_eq!(json["asked_by"], "investigator");
    assert_eq!(json["ticket"], "T-17");
    assert_eq!(json["sample"].as_array().unwrap().len(), 3);
    for number in &numbers {
        assert!(
            !json.to_string().contains(&number[1..]),
            "the sample is masked"
        );
    }
    let decided = decide(&incident.lead(), &reveal, &body::approve()).assert_status(200);
    assert_eq!(decided.member("state"), "approved");
    open(&incident.lead(), &reveal).assert_problem(403, "not-the-asker");
    open(&incident.second_lead(), &reveal).assert_problem(403, "not-the-asker");
    let opened = open(&incident.investigator(), &reveal).assert_status(200);
    let told: BTreeMap<String, String> = opened.json()["numbers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            (text("subject"), text("number"))
        })
        .collect();
    assert_eq!(told, tokens.into_iter().zip(numbers).collect());
    open(&incident.investigator(), &reveal).assert_problem(409, "wrong-state");
    let seen = incident.lead().get(&format!("/reveals/{reveal}"));
    assert_eq!(seen.member("state"), "used");
}

#[test]
fn an_approval_does_not_outlive_what_was_approved() {
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("one", "+447700900002", "2024-03-10T12:00:00Z"),
        ("two", "+447700900003", "2024-03-10T12:00:00Z"),
    ];
    let incident = Incident::with("", Log::read_short(csv_of(&rows)));
    let tokens = [incident.subject("+447700900001")];
    let undecided = incident.ask_reveal(&incident.investigator(), &tokens);
    let [earlier, approved] = [0, 1].map(|_| incident.approved_reveal(&tokens));
    // A file that comes later is no reason to refuse: whoever admits it would learn whom the reveal is about.
    let rows = [
        ("one", "+447700900001", "2024-03-11T12:00:00Z"),
        ("one", "+447700900004", "2024-03-11T12:00:00Z"),
    ];
    let more = incident.admit(&csv_of(&rows)).assert_status(201);
    open(&incident.investigator(), &earlier).assert_status(200);
    let of_later = incident.approved_reveal(&[incident.subject("+447700900004")]);
    incident.withdraw(&incident.first_exhibit());
    // There is still a message, of the later file.
    open(&incident.investigator(), &approved).assert_status(200);
    incident.withdraw(&more.member("exhibit"));
    decide(&incident.lead(), &undecided, &body::approve()).assert_problem(409, "result-changed");
    open(&incident.investigator(), &of_later).assert_problem(409, "result-changed");
    // It can still be denied.
    decide(&incident.lead(), &undecided, &body::deny()).assert_status(200);
}

#[test]
fn a_reveal_that_is_opened_by_many_at_once_opens_once() {
    let incident = shared();
    let (tokens, _) = subjects(incident, 1);
    let reveal = incident.approved_reveal(&tokens);
    let client = incident.investigator();
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let all: Vec<_> = (0..6)
            .map(|_| threads.spawn(|| open(&client, &reveal).status))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert!(statuses.iter().all(|status| [200, 409].contains(status)));
}
