//! A token is ended by its owner or an administrator, and with its owner's account.

use super::{make, member};
use crate::support::{Incident, Who};

#[test]
fn its_owner_or_an_administrator_ends_it_at_once_and_nobody_else() {
    let incident = Incident::new();
    let owner = member(&incident, "investigator");
    for by in [owner.clone(), incident.administrator()] {
        let made = make(&owner, &["case.read"], None);
        let path = format!("/tokens/{}", made.member("token"));
        let script = incident.anonymous().with_token(&made.member("secret"));
        for who in [Who::Lead, Who::Investigator, Who::Auditor] {
            let refused = incident.client(who).delete(&path);
            let refused = refused.assert_problem(404, "not-found");
            let absent = incident
                .client(who)
                .delete("/tokens/t_00000000000000000000");
            assert_eq!(refused.comparable(), absent.comparable());
        }
        script.get(&incident.of_case("")).assert_status(200);
        let ended = by.delete(&path).assert_status(200);
        let leaf = incident.leaf(ended.leaf().unwrap());
        assert_eq!(leaf["action"], "token.revoke");
        assert_eq!(leaf["object"], made.member("token").as_str());
        script
            .get(&incident.of_case(""))
            .assert_problem(401, "session-ended");
        by.delete(&path).assert_problem(404, "not-found");
    }
    // A session is no token.
    let session = incident.lead().get("/me").member("session");
    let refused = incident
        .administrator()
        .delete(&format!("/tokens/{session}"));
    refused.assert_problem(404, "not-found");
    incident.lead().get("/me").assert_status(200);
}

#[test]
fn it_ends_with_the_account_of_its_owner() {
    let incident = Incident::new();
    let owner = member(&incident, "investigator");
    let operator = owner.get("/me").member("operator");
    let made = make(&owner, &["case.read"], None);
    let script = incident.anonymous().with_token(&made.member("secret"));
    script.get(&incident.of_case("")).assert_status(200);
    let path = format!("/operators/{operator}");
    incident.administrator().delete(&path).assert_status(200);
    script
        .get(&incident.of_case(""))
        .assert_problem(401, "session-ended");
    let listed = incident.administrator().get("/tokens").assert_status(200);
    assert!(!listed.text().contains(&made.member("token")));
}
