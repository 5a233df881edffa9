//! A case gets a new key while it is worked on: answers stay, and the progress is shown until it has ended.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, Incident, TestVault, Who, body};

fn rotate(incident: &Incident, who: Who) -> Answer {
    let path = incident.of_case("/key/rotation");
    incident.client(who).post(&path, &body::reason())
}

fn status(vault: &TestVault) -> Value {
    let answer = vault.administrator().get("/keys/status");
    answer.assert_status(200).json()
}

/// Waits until no rotation is under way.
fn until_ended(vault: &TestVault) -> Value {
    let begun = Instant::now();
    loop {
        let told = status(vault);
        if told["rotations"].as_array().unwrap().is_empty() {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{told}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_case_gets_a_new_key_while_it_is_read() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let (lead, investigator) = (incident.lead(), incident.investigator());
    let subjects = vec![incident.subject(&number)];
    let reveal = incident.ask_reveal(&investigator, &subjects);
    let look = || {
        let answer = incident.look_up(&investigator, &[&number]);
        answer.assert_status(200).json()["results"].clone()
    };
    let asked = || {
        let answer = lead.get(&format!("/reveals/{reveal}"));
        answer.assert_status(200).json()
    };
    let before = (look(), asked(), status(&incident));
    let answer = rotate(&incident, Who::Administrator).assert_status(200);
    assert_eq!(answer.member("case"), incident.case);
    let leaf = incident.leaf(answer.leaf().unwrap());
    assert_eq!(leaf["action"], "key.rotate-case");
    assert_eq!(leaf["case"], incident.case.as_str());
    let generation = |told: &Value| told["generation"].as_u64().unwrap();
    assert_eq!(leaf["generation"], generation(&before.2) + 1);
    assert_eq!(look(), before.0, "while it is under way");
    let ended = until_ended(&incident);
    assert_eq!(generation(&ended), generation(&before.2) + 2);
    assert_eq!((look(), asked()), (before.0, before.1));

    let retired = (answer.leaf().unwrap()..incident.leaves()).map(|no| incident.leaf(no));
    let retired: Vec<Value> = retired
        .filter(|leaf| leaf["action"] == "key.retire")
        .collect();
    assert_eq!(retired.len(), 1);
    assert_eq!(retired[0]["generation"], generation(&ended));
    assert!(retired[0]["operator"].is_null(), "{}", retired[0]);
    // What was asked for before it can be decided after it.
    let decision = format!("/reveals/{reveal}/decision");
    lead.post(&decision, &body::approve()).assert_status(200);
    let open = format!("/reveals/{reveal}/open");
    let opened = investigator.post(&open, &json!({})).assert_status(200);
    assert_eq!(opened.json()["numbers"][0]["number"], number.as_str());
}

#[test]
fn nobody_but_an_administrator_gives_a_case_a_new_key() {
    let incident = Incident::new();
    for who in [
        Who::Lead,
        Who::SecondLead,
        Who::Investigator,
        Who::Custodian,
        Who::Liaison,
    ] {
        rotate(&incident, who).assert_problem(403, "not-allowed");
    }
    for who in [Who::Outsider, Who::Auditor] {
        rotate(&incident, who).assert_problem(404, "not-found");
    }
    let unknown = "/cases/c_0123456789abcdefghjk/key/rotation";
    let administrator = incident.administrator();
    administrator
        .post(unknown, &body::reason())
        .assert_problem(404, "not-found");
    // Of a destroyed case there is no key, and nothing is damaged by that.
    let gone = format!("/cases/{}/key/rotation", incident.destroyed_case());
    administrator
        .post(&gone, &body::reason())
        .assert_problem(409, "case-destroyed");
    let path = incident.of_case("/key/rotation");
    let without = administrator.post(&path, &json!({}));
    assert_eq!(without.status, 422, "a reason is needed");
    assert!(
        status(&incident)["rotations"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}
