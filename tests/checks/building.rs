//! A package that is being built is a job: whoever sees its request sees that, and it is built once.

use std::thread;
use std::time::{Duration, Instant};

use breachvault::domain::{ExportId, RequestIdOfKind as _};
use breachvault::operations::export::{
    DecideExport, ListExports, ReadExport, RequestExport, take_package,
};
use serde_json::{Value, json};

use crate::house::{House, REASON, bytes_of, log};

#[test]
fn a_package_that_is_being_built_is_listed_as_such_and_built_once() {
    let house = House::new();
    house.admit(log(200, 5)).unwrap();
    let people = &house.people;
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let body = json!({
        "profile": "evidence", "filter": {}, "recipients": [recipient],
        "purpose": "law-enforcement", "reason": REASON, "legal_basis": "Production order 1",
    });
    let case = [("case", people.case.as_str())];
    let asked = house.ask::<RequestExport>(&people.investigator, &case, body);
    let asked = asked.unwrap();
    let export = asked["export"].as_str().unwrap();
    let id = [("export", export)];
    let yes = json!({ "decision": "approve", "reason": REASON });
    house.ask::<DecideExport>(&people.lead, &id, yes).unwrap();

    let shown = || -> (Value, Value) {
        let read = house.ask::<ReadExport>(&people.investigator, &id, json!({}));
        let listed = house.ask::<ListExports>(&people.custodian, &case, json!({}));
        let listed = listed.unwrap();
        (
            read.unwrap()["building"].clone(),
            listed["exports"][0]["building"].clone(),
        )
    };
    assert_eq!(shown(), (Value::Null, Value::Null));
    let export: ExportId = export.parse().unwrap();
    let request = export.of_any_kind();
    let turn = house.vault.package_turns().enter(&request);
    assert_eq!(shown(), (json!(true), json!(true)));
    // Whoever asks for it meanwhile waits for the same package.
    let packages = thread::scope(|scope| {
        let take = || take_package(&house.vault, &people.custodian, &export, None).map(bytes_of);
        let takers = [scope.spawn(take), scope.spawn(take)];
        thread::sleep(Duration::from_millis(300));
        assert!(takers.iter().all(|taker| !taker.is_finished()));
        drop(turn);
        takers.map(|taker| taker.join().unwrap().unwrap())
    });
    assert_eq!(packages[0], packages[1]);
    let until = Instant::now() + Duration::from_secs(10);
    while shown() != (Value::Null, Value::Null) {
        assert!(Instant::now() < until);
    }
}
