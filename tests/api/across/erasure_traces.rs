//! What is left of an erased number in columns that are not its own: user names of others, rows in quarantine, and the
//! state of its area code; and what a later file brings of it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::erasure::{approved, carry_out, incident, state};
use crate::export::{Receiver, unpack};
use crate::support::{Incident, body};

/// Wyoming has one area code.
const ERASED: &str = "+13075550188";
const DIGITS: &str = "3075550188";
/// Somebody else there.
const NEIGHBOUR: &str = "+13075550111";

/// The person's own row, rows of others whose user names have the number in them, one of a neighbour, and a row in
/// quarantine.
fn file(account: &str, day: u32) -> Vec<u8> {
    let rows = [
        (ERASED, "own.name"),
        ("+12105550711", ERASED),
        ("+12105550712", DIGITS),
        ("+12105550713", "u3075550188"),
        ("+12105550714", "307.555.0188"),
        ("+12105550715", "12025550100"),
        (NEIGHBOUR, "ann.b"),
    ];
    let mut text = String::from("number,account,user,carrier,country,state,kind,sent_at\n");
    for (at, (number, user)) in rows.iter().enumerate() {
        text +=
            &format!("{number},{account},{user},Bell,US,TX,sms,2024-03-{day:02}T10:{at:02}:00Z\n");
    }
    text += &format!("tel {DIGITS} home,{account},x,Bell,US,TX,sms,never\n");
    text.into_bytes()
}

fn admit(incident: &Incident, account: &str, day: u32) -> String {
    let admitted = incident.admit(&file(account, day)).assert_status(201);
    assert_eq!(admitted.json()["quarantined"], 1, "{}", admitted.text());
    admitted.member("exhibit")
}

/// The records of an account that are in the state of the number's area code.
fn in_area(incident: &Incident, account: &str) -> u64 {
    let filter = json!({ "area_state": ["WY"], "account": [account] });
    let path = incident.of_case("/records/search");
    let found = incident.investigator().post(&path, &body::search(&filter));
    found.assert_status(200).json()["total"].as_u64().unwrap()
}

/// The package of an account: everything in it, opened.
fn package(incident: &Incident, account: &str) -> String {
    let receiver = Receiver::new();
    let filter = json!({ "account": [account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.approved_export(&request);
    let package = incident
        .custodian()
        .get(&format!("/exports/{export}/package"));
    let files = unpack(incident, &package.assert_status(200).body, &receiver);
    String::from_utf8(files["export.json"].clone()).unwrap()
}

/// The rows of a quarantine, opened.
fn quarantine(incident: &Incident, exhibit: &str) -> Vec<Value> {
    let receiver = Receiver::new();
    let path = incident.of_case(&format!("/exhibits/{exhibit}/quarantine"));
    let asked = incident
        .lead()
        .post(&path, &body::list(&receiver.recipient));
    let list = asked.assert_status(201).member("quarantine");
    let path = format!("/quarantines/{list}/decision");
    incident
        .second_lead()
        .post(&path, &body::approve())
        .assert_status(200);
    let package = incident
        .custodian()
        .get(&format!("/quarantines/{list}/package"));
    let files = unpack(incident, &package.assert_status(200).body, &receiver);
    serde_json::from_slice(&files["export.json"]).unwrap()
}

/// Waits until the vault has overwritten everything.
fn wait_for_the_end(incident: &Incident) {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let body = json!({ "action": "erasure.finish" });
        let found = incident
            .auditor()
            .post("/audit/leaves/search", &body)
            .json();
        if !found["leaves"].as_array().unwrap().is_empty() {
            return;
        }
        assert!(Instant::now() < until, "the erasure did not end");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_erased_number_leaves_no_trace_in_other_columns_and_none_comes_with_a_later_file() {
    let incident = incident();
    let first = admit(&incident, "first", 5);
    assert_eq!(in_area(&incident, "first"), 2);
    let before = package(&incident, "first");
    assert!(before.contains(DIGITS) && before.contains("307.555.0188"));
    let row = &quarantine(&incident, &first)[0];
    assert_eq!(row["cells"]["number"], format!("tel {DIGITS} home"));

    let erasure = approved(&incident, ERASED);
    carry_out(&incident.custodian(), &erasure).assert_status(200);
    wait_for_the_end(&incident);
    let later = admit(&incident, "later", 6);
    for (account, exhibit) in [("first", &first), ("later", &later)] {
        let package = package(&incident, account);
        for gone in [DIGITS, "307.555.0188", "own.name"] {
            assert!(
                !package.contains(gone),
                "a package of {account} has a trace"
            );
        }
        // Whoever is not the person keeps number and name, also digits that are another number.
        for left in [
            "+12105550711",
            "+12105550714",
            "12025550100",
            NEIGHBOUR,
            "ann.b",
        ] {
            assert!(package.contains(left), "{left} of {account}");
        }
        assert_eq!(in_area(&incident, account), 1, "{account}");
        let row = &quarantine(&incident, exhibit)[0];
        assert_eq!(
            (&row["kind"], &row["cells"]),
            (&json!("bad-time"), &json!({}))
        );
    }
    assert_eq!(state(&incident, ERASED), "not_exposed");
    assert_eq!(state(&incident, "+12105550711"), "exposed");
}
