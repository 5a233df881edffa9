//! Machines are listed for their owner, and for an administrator; no key is shown.

use serde_json::{Value, json};

use super::{add, incident};
use crate::support::{Client, Machine};
use crate::token::member;

fn machines(client: &Client) -> Vec<Value> {
    let listed = client.get("/machines").assert_status(200);
    listed.json()["machines"].as_array().unwrap().clone()
}

#[test]
fn an_owner_sees_their_own_with_its_last_use_and_an_administrator_everybodys() {
    let incident = incident();
    let (one, other) = (
        member(&incident, "investigator"),
        member(&incident, "investigator"),
    );
    let machine = Machine::new();
    let added = add(&one, &machine, &["case.read"], Some(&incident.case));
    add(&other, &Machine::new(), &["case.list", "case.read"], None);
    let own = machines(&one);
    assert_eq!(own.len(), 1);
    assert_eq!(
        (&own[0]["machine"], &own[0]["label"], &own[0]["actions"]),
        (
            &json!(added.member("machine")),
            &json!("nightly counts"),
            &json!(["case.read"])
        )
    );
    assert_eq!(own[0]["case"], incident.case.as_str());
    assert_eq!(own[0]["used_at"], Value::Null);
    let client = machine.client(&incident);
    client.get(&incident.of_case("")).assert_status(200);
    assert!(machines(&one)[0]["used_at"].is_string());
    assert_eq!(machines(&incident.administrator()).len(), 2);
    assert_eq!(machines(&incident.lead()), Vec::<Value>::new());
    // It is among nobody's sessions and tokens.
    for list in ["/sessions", "/tokens"] {
        let listed = one.get(list).assert_status(200).text();
        assert!(!listed.contains(&added.member("machine")), "{list}");
    }
    let id = added.member("machine");
    for path in [format!("/sessions/{id}"), format!("/tokens/{id}")] {
        one.delete(&path).assert_problem(404, "not-found");
    }
    client.get(&incident.of_case("")).assert_status(200);
}
