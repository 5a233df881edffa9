//! Tokens are listed for their owner, and for an administrator; no secret is shown again.

use serde_json::{Value, json};

use super::{make, member};
use crate::support::{Client, Incident};

fn tokens(client: &Client) -> Vec<Value> {
    let listed = client.get("/tokens").assert_status(200);
    assert!(!listed.text().contains("bvt_"));
    listed.json()["tokens"].as_array().unwrap().clone()
}

#[test]
fn an_owner_sees_their_own_with_its_last_use_and_an_administrator_everybodys() {
    let incident = Incident::new();
    let (one, other) = (
        member(&incident, "investigator"),
        member(&incident, "investigator"),
    );
    let made = make(&one, &["case.read"], Some(&incident.case));
    make(&other, &["case.list", "case.read"], None);
    let own = tokens(&one);
    assert_eq!(own.len(), 1);
    assert_eq!(
        (&own[0]["token"], &own[0]["label"], &own[0]["actions"]),
        (
            &json!(made.member("token")),
            &json!("nightly counts"),
            &json!(["case.read"])
        )
    );
    assert_eq!(own[0]["case"], incident.case.as_str());
    assert_eq!(own[0]["used_at"], Value::Null);
    let script = incident.anonymous().with_token(&made.member("secret"));
    script.get(&incident.of_case("")).assert_status(200);
    let first = tokens(&one)[0]["used_at"].clone();
    assert!(first.is_string());
    // To a minute: not every use is written down.
    incident.clock.advance_seconds(30);
    script.get(&incident.of_case("")).assert_status(200);
    assert_eq!(tokens(&one)[0]["used_at"], first);
    incident.clock.advance_seconds(31);
    script.get(&incident.of_case("")).assert_status(200);
    assert_ne!(tokens(&one)[0]["used_at"], first);

    assert_eq!(tokens(&incident.administrator()).len(), 2);
    assert_eq!(tokens(&incident.lead()), Vec::<Value>::new());
    // It is among nobody's sessions.
    let sessions = one.get("/sessions").assert_status(200).text();
    assert!(!sessions.contains(&made.member("token")));
    let ended = one.delete(&format!("/sessions/{}", made.member("token")));
    ended.assert_problem(404, "not-found");
}
