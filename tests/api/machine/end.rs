//! A machine is ended by its owner or an administrator, and with its owner's account.

use super::{add, incident, wanted};
use crate::support::{Machine, Who};
use crate::token::member;

#[test]
fn its_owner_or_an_administrator_ends_it_at_once_and_nobody_else() {
    let incident = incident();
    let owner = member(&incident, "investigator");
    let case = incident.of_case("");
    for by in [owner.clone(), incident.administrator()] {
        let machine = Machine::new();
        let added = add(&owner, &machine, &["case.read"], None);
        let path = format!("/machines/{}", added.member("machine"));
        for who in [Who::Lead, Who::Investigator, Who::Auditor] {
            let refused = incident.client(who).delete(&path);
            let refused = refused.assert_problem(404, "not-found");
            let absent = incident
                .client(who)
                .delete("/machines/k_00000000000000000000");
            assert_eq!(refused.comparable(), absent.comparable());
        }
        // One connection, which stays open.
        let mut wire = machine.wire(&incident);
        let ask = format!("GET /api/v1{case} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        wire.send(ask.as_bytes());
        assert!(wire.read_answer().starts_with("HTTP/1.1 200"));
        let ended = by.delete(&path).assert_status(200);
        let leaf = incident.leaf(ended.leaf().unwrap());
        assert_eq!(leaf["action"], "machine.end");
        assert_eq!(leaf["object"], added.member("machine").as_str());
        wire.send(ask.as_bytes());
        let told = wire.read_answer();
        assert!(told.starts_with("HTTP/1.1 401"), "{told}");
        assert!(told.contains("session-ended"), "{told}");
        by.delete(&path).assert_problem(404, "not-found");
        // Its key is free again, for anybody.
        let other = member(&incident, "custodian");
        add(&other, &machine, &["case.read"], None);
        wire.send(ask.as_bytes());
        assert!(wire.read_answer().starts_with("HTTP/1.1 200"));
    }
    // A session is no machine, nor is a token.
    let session = incident.lead().get("/me").member("session");
    let token = crate::token::make(&owner, &["case.read"], None).member("token");
    for other in [session, token] {
        let path = format!("/machines/{other}");
        let refused = incident.administrator().delete(&path);
        refused.assert_problem(404, "not-found");
    }
    incident.lead().get("/me").assert_status(200);
}

#[test]
fn it_ends_with_the_account_of_its_owner_and_its_key_is_nobody_elses_before() {
    let incident = incident();
    let case = incident.of_case("");
    let owner = member(&incident, "investigator");
    let operator = owner.get("/me").member("operator");
    let machine = Machine::new();
    let added = add(&owner, &machine, &["case.read"], None);
    let client = machine.client(&incident);
    client.get(&case).assert_status(200);
    // Nobody else gets the key while it is good, and nobody is told whose it is.
    let other = member(&incident, "investigator");
    let ask = |by: &crate::support::Client| {
        let refused = by.post("/machines", &wanted(&machine, &["case.read"], None));
        refused.assert_problem(422, "invalid")
    };
    let (own, others) = (ask(&owner), ask(&other));
    assert_eq!(own.comparable(), others.comparable());
    assert_eq!(own.json()["at"], "certificate");
    assert!(!others.text().contains(&operator) && !others.text().contains("k_"));

    let path = format!("/operators/{operator}");
    incident.administrator().delete(&path).assert_status(200);
    client.get(&case).assert_problem(401, "session-ended");
    let listed = incident.administrator().get("/machines").assert_status(200);
    assert!(!listed.text().contains(&added.member("machine")));
    // It is no longer anybody's, so it can be somebody's.
    add(&other, &machine, &["case.read"], None);
    client.get(&case).assert_status(200);
}
