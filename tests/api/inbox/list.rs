//! What waits for somebody, across their cases.

use serde_json::{Value, json};

use crate::support::{Client, Incident, TestVault, Who, body};

fn waiting(client: &Client) -> Vec<Value> {
    let inbox = client.get("/inbox").assert_status(200);
    assert!(inbox.leaf().is_some());
    inbox.json()["waiting"].as_array().unwrap().clone()
}

/// Kind and whom it waits for, of the request with this id.
fn found(client: &Client, request: &str) -> Option<(String, String)> {
    let all = waiting(client);
    let one = all.iter().find(|one| one["request"] == request)?;
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    Some((text("kind"), text("waits_for")))
}

#[test]
fn a_request_waits_for_those_who_may_decide_it_and_then_for_its_asker() {
    let incident = Incident::new();
    let subject = incident.subject(&incident.log.messages[0].number);
    let reveal = incident.ask_reveal(&incident.investigator(), &[subject]);
    let pair = |waits_for: &str| Some(("reveal".to_owned(), waits_for.to_owned()));
    assert_eq!(found(&incident.lead(), &reveal), pair("your-decision"));
    assert_eq!(
        found(&incident.second_lead(), &reveal),
        pair("your-decision")
    );
    assert_eq!(
        found(&incident.investigator(), &reveal),
        pair("others-decision")
    );
    for who in [
        Who::Custodian,
        Who::Liaison,
        Who::Auditor,
        Who::Administrator,
        Who::Outsider,
    ] {
        assert_eq!(found(&incident.client(who), &reveal), None, "{who:?}");
    }
    let path = format!("/reveals/{reveal}/decision");
    incident
        .lead()
        .post(&path, &body::approve())
        .assert_status(200);
    assert_eq!(found(&incident.lead(), &reveal), None);
    assert_eq!(found(&incident.investigator(), &reveal), pair("your-use"));
    let path = format!("/reveals/{reveal}/open");
    incident
        .investigator()
        .post(&path, &json!({}))
        .assert_status(200);
    assert_eq!(found(&incident.investigator(), &reveal), None);
}

#[test]
fn it_says_who_asked_and_why_and_nothing_of_what_it_is_about() {
    let incident = Incident::new();
    let subject = incident.subject(&incident.log.messages[0].number);
    incident.ask_reveal(&incident.investigator(), std::slice::from_ref(&subject));
    let all = waiting(&incident.lead());
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["asked_by"], "investigator");
    assert_eq!(all[0]["reason"], body::REASON);
    assert_eq!(all[0]["title"], "SMS logs of March");
    assert_eq!(all[0]["case"], incident.case.as_str());
    assert!(all[0].get("member").is_none() && all[0].get("member_role").is_none());
    let text = Value::from(all).to_string();
    assert!(
        !text.contains(&subject) && !text.contains("numbers"),
        "{text}"
    );
}

#[test]
fn what_nobody_decided_in_time_waits_no_more() {
    let incident = Incident::new();
    let subject = incident.subject(&incident.log.messages[0].number);
    let reveal = incident.ask_reveal(&incident.investigator(), &[subject]);
    incident.clock.advance_seconds(25 * 3600);
    incident.forget_sessions();
    assert_eq!(found(&incident.lead(), &reveal), None);
    assert_eq!(found(&incident.investigator(), &reveal), None);
}

#[test]
fn an_approved_export_waits_for_the_custodian() {
    let incident = Incident::new();
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let export = incident.approved_export(&body::export("scope-report", &json!({}), key));
    let pair = Some(("export".to_owned(), "your-use".to_owned()));
    assert_eq!(found(&incident.custodian(), &export), pair);
    assert_eq!(found(&incident.second_lead(), &export), None);
}

#[test]
fn a_member_who_was_suspended_has_nothing_to_decide() {
    let incident = Incident::new();
    let subject = incident.subject(&incident.log.messages[0].number);
    let reveal = incident.ask_reveal(&incident.investigator(), &[subject]);
    let second = incident.second_lead();
    assert!(found(&second, &reveal).is_some());
    let suspended = incident.suspend(&incident.case, Who::Lead, Who::SecondLead);
    suspended.assert_status(200);
    assert_eq!(found(&second, &reveal), None);
}

#[test]
fn what_is_no_request_waits_for_those_who_can_do_something_about_it() {
    let vault = TestVault::new();
    let tasks = |who: Who| {
        let inbox = vault.client(who).get("/inbox").assert_status(200).json();
        inbox["tasks"].as_array().unwrap().clone()
    };
    let kinds = |who: Who| -> Vec<(Value, Value)> {
        let all = tasks(who).into_iter();
        all.map(|task| (task["kind"].clone(), task["yours"].clone()))
            .collect()
    };
    let case = vault.case_of_suspended_leads();
    // The second lead was suspended by another administrator, the first one by this one.
    let own = tasks(Who::Administrator);
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0]["kind"], "suspension");
    assert_eq!(own[0]["case"], case.as_str());
    assert_eq!(own[0]["operator"], vault.operator(Who::SecondLead).as_str());
    assert_eq!(own[0]["name"], Who::SecondLead.name());
    assert_eq!(
        own[0].get("title"),
        None,
        "an administrator knows no titles"
    );
    for who in [Who::Lead, Who::Custodian, Who::Auditor] {
        assert_eq!(kinds(who), [], "{who:?}");
    }
    vault
        .lift(&case, Who::Administrator, Who::SecondLead)
        .assert_status(200);
    assert_eq!(kinds(Who::Administrator), []);
    assert_eq!(tasks(Who::SecondLead)[0]["title"], "SMS logs of March");

    vault.clock.jump_seconds(86_400);
    let clock = |yours: bool| (Value::from("clock"), Value::from(yours));
    assert_eq!(kinds(Who::Administrator), [clock(true)]);
    let time = json!({ "time": "2024-04-03T09:00:00Z", "reason": body::REASON });
    let accepted = vault.administrator().post("/clock/acceptance", &time);
    accepted.assert_status(200);
    assert_eq!(kinds(Who::Administrator), [clock(false)]);
    assert_eq!(kinds(Who::Lead), [clock(true)]);
    for who in [Who::Custodian, Who::Auditor, Who::Investigator] {
        assert_eq!(kinds(who), [], "{who:?}");
    }
}

#[test]
fn a_change_of_the_keyrings_slots_waits_for_the_others_and_then_for_whoever_asked() {
    let vault = TestVault::with("[sessions]\nsession_minutes = 10080\n");
    let (one, two) = (vault.administrator(), vault.other_administrator());
    let tasks = |client: &Client| {
        let inbox = client.get("/inbox").assert_status(200).json();
        inbox["tasks"].as_array().unwrap().clone()
    };
    let change = json!({
        "change": "add", "kind": "passphrase", "label": "safe", "reason": body::REASON,
    });
    let asked = one.post("/keys/slots/change", &change).assert_status(201);
    assert_eq!(tasks(&one), Vec::<Value>::new());
    let waits = tasks(&two);
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert_eq!(waits[0]["kind"], "slots");
    assert_eq!(waits[0]["yours"], true);
    assert_eq!(waits[0]["name"], Who::Administrator.name());
    assert_eq!(
        waits[0]["operator"],
        vault.operator(Who::Administrator).as_str()
    );
    assert_eq!(waits[0]["until"], asked.json()["expires_at"]);
    for who in [Who::Lead, Who::Custodian, Who::Auditor] {
        assert_eq!(tasks(&vault.client(who)), Vec::<Value>::new(), "{who:?}");
    }
    two.post("/keys/slots/change/decision", &body::approve())
        .assert_status(200);
    assert_eq!(tasks(&two), Vec::<Value>::new());
    let waits = tasks(&one);
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert_eq!(
        (&waits[0]["kind"], &waits[0]["yours"]),
        (&json!("slots"), &json!(true))
    );
    // A yes holds for a day.
    vault.clock.advance_seconds(24 * 3600);
    assert_eq!(tasks(&one), Vec::<Value>::new());
}
