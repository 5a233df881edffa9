//! What a decider sees of a withdrawal.

use serde_json::json;

use super::incident;
use crate::support::Who;

#[test]
fn who_decides_sees_in_counts_what_would_go() {
    let incident = incident();
    let wrong = incident.first_exhibit();
    let withdrawal = incident.ask_withdrawal(&incident.custodian(), &wrong);
    for who in [Who::Lead, Who::Custodian] {
        let seen = incident
            .client(who)
            .get(&format!("/withdrawals/{withdrawal}"));
        let seen = seen.assert_status(200);
        assert!(!seen.text().contains("7700900"), "counts alone");
        let json = seen.json();
        assert_eq!(json["state"], "requested");
        assert_eq!(json["exhibit"], wrong.as_str());
        assert_eq!(json["messages"], 4);
        assert_eq!(json["numbers"], 2);
        // What compares the file with the case is not for a custodian.
        let compared = match who {
            Who::Custodian => [None, None, None],
            _ => [Some(json!(1)), Some(json!(false)), Some(json!([]))],
        };
        let names = ["numbers_only_here", "changed_since", "later_duplicates"];
        assert_eq!(names.map(|name| json.get(name).cloned()), compared);
    }
}

#[test]
fn a_custodian_is_told_exact_counts_of_its_own_file_alone() {
    let incident = incident();
    incident.name_member(&incident.case, Who::Outsider, "custodian", None);
    let wrong = incident.first_exhibit();
    let withdrawal = incident.ask_withdrawal(&incident.custodian(), &wrong);
    let path = format!("/withdrawals/{withdrawal}");
    let other = incident.outsider().get(&path).assert_status(200).json();
    assert_eq!(
        (&other["messages"], &other["numbers"]),
        (&json!("*"), &json!("*"))
    );
    let listed = |who: Who| {
        let answer = incident.client(who).get(&incident.of_case("/exhibits"));
        let json = answer.assert_status(200).json();
        json["exhibits"][0].clone()
    };
    let (mut own, others) = (listed(Who::Custodian), listed(Who::Outsider));
    // Told to whoever admitted the file, and to nobody else.
    for digest in ["digest", "digest_salt"] {
        assert!(own.as_object_mut().unwrap().remove(digest).is_some());
        assert!(others.get(digest).is_none());
    }
    for count in ["rows", "admitted", "numbers"] {
        assert!(own[count].is_u64(), "{own}");
        assert_eq!(others[count], "*", "{count}");
    }
    assert_eq!(listed(Who::Lead), own);
}

#[test]
fn to_a_liaison_and_to_those_outside_its_case_there_is_no_such_withdrawal() {
    let incident = incident();
    let withdrawal = incident.ask_withdrawal(&incident.custodian(), &incident.first_exhibit());
    let path = format!("/withdrawals/{withdrawal}");
    for who in [
        Who::Liaison,
        Who::Outsider,
        Who::Auditor,
        Who::Administrator,
    ] {
        let answer = incident.client(who).get(&path);
        answer.assert_problem(404, "not-found");
    }
}
