//! A wrong exhibit that somebody asks to withdraw.

use serde_json::json;

use super::{BOTH, WRONG, decide, incident, look_up, scope};
use crate::support::{Wire, body};

#[test]
fn the_same_file_can_be_admitted_again_and_its_rows_are_not_known() {
    let incident = incident();
    let wrong = incident.first_exhibit();
    incident
        .admit(&incident.log.csv)
        .assert_problem(409, "already-admitted");
    incident.withdraw(&wrong);
    let before = look_up(&incident, &incident.lead(), BOTH);
    let again = incident.admit(&incident.log.csv).assert_status(201).json();
    assert_eq!(
        (&again["admitted"], &again["duplicates"]),
        (&json!(4), &json!(0))
    );
    assert_ne!(again["exhibit"], wrong.as_str());
    let after = look_up(&incident, &incident.lead(), BOTH);
    assert_eq!(after["messages"], 4);
    assert_eq!(after["subject"], before["subject"]);
    assert_eq!(
        look_up(&incident, &incident.liaison(), WRONG)["state"],
        "exposed"
    );
    // Values that came first with the withdrawn one stand where they stood.
    let table = scope(&incident, &incident.lead(), "account");
    let count = |at: usize| {
        (
            table["rows"][at]["account"].clone(),
            table["rows"][at]["messages"].clone(),
        )
    };
    assert_eq!(
        [count(0), count(1), count(2)],
        [
            (json!("one"), json!(4)),
            (json!("three"), json!(1)),
            (json!("two"), json!(1))
        ]
    );
    incident
        .admit(&incident.log.csv)
        .assert_problem(409, "already-admitted");
}

#[test]
fn no_exhibit_is_withdrawn_under_an_admission_that_counted_on_it() {
    let incident = incident();
    let withdrawal = incident.ask_withdrawal(&incident.custodian(), &incident.first_exhibit());
    let csv = crate::support::fresh_csv();
    let mut slow = Wire::to(&incident);
    slow.send(crate::exhibit::head(&incident, Some(csv.len())).as_bytes());
    crate::exhibit::wait_until(&incident, |status| status["state"] == "running");
    decide(&incident.lead(), &withdrawal, &body::approve())
        .assert_problem(409, "admission-in-progress");
    slow.send(&csv);
    assert!(slow.read_all().starts_with("HTTP/1.1 201"));
    let again = incident.ask_withdrawal(&incident.custodian(), &incident.first_exhibit());
    decide(&incident.lead(), &again, &body::approve()).assert_status(200);
}

#[test]
fn asking_costs_what_a_difference_costs_and_a_request_beside_it() {
    let incident = incident();
    let (lead, exhibit) = (incident.lead(), incident.first_exhibit());
    let points = || {
        let me = lead.get("/me").assert_status(200).json();
        me["cases"][0]["lookup_budget"].as_u64().unwrap()
    };
    let before = points();
    let withdrawal = incident.ask_withdrawal(&lead, &exhibit);
    let asked = points();
    assert_eq!(before - asked, 110);
    // What is shown was counted then; a further exhibit changes no count of it.
    let shown = || {
        let seen = lead.get(&format!("/withdrawals/{withdrawal}"));
        seen.assert_status(200).json()["numbers_only_here"].clone()
    };
    let first = shown();
    let again = [("one", WRONG, "2024-03-30T12:00:00Z")];
    let again = crate::support::csv_of(&again);
    incident.admit(&again).assert_status(201);
    assert_eq!((first, points()), (shown(), asked));
}
