//! The exhibits of a case.

use crate::support::{Incident, csv_of};

#[test]
fn every_exhibit_is_listed_with_the_counts_of_its_admission() {
    let incident = Incident::new();
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("one", "+447700900002", "2024-03-10T12:00:00Z"),
    ];
    let admitted = incident.admit(&csv_of(&rows)).assert_status(201).json();
    let listed = incident.exhibits();
    assert_eq!(listed.len(), 2);
    let one = listed
        .iter()
        .find(|one| one["exhibit"] == admitted["exhibit"])
        .unwrap();
    assert_eq!(one["state"], "admitted");
    for (count, wanted) in [
        ("rows", 3),
        ("admitted", 2),
        ("duplicates", 1),
        ("quarantined", 0),
        ("numbers", 2),
    ] {
        assert_eq!(one[count], wanted, "{count}");
        assert_eq!(one[count], admitted[count], "{count}");
    }
    assert_eq!(one["digest"], admitted["digest"]);
    incident.withdraw(admitted["exhibit"].as_str().unwrap());
    let listed = incident.exhibits();
    let one = listed
        .iter()
        .find(|one| one["exhibit"] == admitted["exhibit"])
        .unwrap();
    assert_eq!(one["state"], "withdrawn");
    assert!(one["withdrawn_at"].is_string(), "{one}");
}

#[test]
fn a_liaison_has_no_list_and_to_an_outsider_there_is_no_case() {
    let incident = Incident::new();
    let path = incident.of_case("/exhibits");
    for client in [
        incident.lead(),
        incident.investigator(),
        incident.custodian(),
    ] {
        client.get(&path).assert_status(200);
    }
    let liaison = incident.liaison().get(&path);
    liaison.assert_problem(403, "not-allowed");
    let outsider = incident.outsider().get(&path);
    outsider.assert_problem(404, "not-found");
}
