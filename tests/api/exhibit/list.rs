//! The exhibits of a case.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{head, wait_until};
use crate::support::{Client, Incident, Who, Wire, csv_of, invented};

fn sha256(bytes: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, bytes))
}

/// The newest exhibit, as this caller has it in the list.
fn newest(incident: &Incident, client: &Client) -> Value {
    let listed = client.get(&incident.of_case("/exhibits"));
    let listed = listed.assert_status(200).json();
    listed["exhibits"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone()
}

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
    assert_eq!(one["commitment"], admitted["commitment"]);
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
fn a_file_is_in_the_list_while_it_is_admitted_with_its_counts_for_those_who_may_cancel_it() {
    let incident = Incident::new();
    incident.name_member(&incident.case, Who::Outsider, "custodian", None);
    let path = incident.of_case("/exhibits");
    let listed = |client: Client| client.get(&path).assert_status(200).json();
    assert_eq!(listed(incident.custodian()).get("under_way"), None);
    let csv = invented(3000, 22).csv;
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, Some(csv.len())).as_bytes());
    let status = wait_until(&incident, |status| status["state"] == "running");
    for (client, counted) in [
        (incident.custodian(), true),
        (incident.lead(), true),
        (incident.investigator(), false),
        (incident.outsider(), false),
    ] {
        let list = listed(client);
        let under_way = &list["under_way"];
        assert_eq!(under_way["exhibit"], status["exhibit"], "{list}");
        assert_eq!(under_way["state"], "running");
        assert_eq!(under_way["rows"].is_u64(), counted, "{list}");
        assert_eq!(under_way["bytes_total"].is_u64(), counted, "{list}");
        assert_eq!(list["exhibits"].as_array().unwrap().len(), 1);
    }
    slow.send(&csv);
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let list = listed(incident.investigator());
    assert_eq!(list.get("under_way"), None);
    assert_eq!(list["exhibits"][1]["exhibit"], status["exhibit"]);
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

#[test]
fn the_digest_of_a_file_is_told_to_nobody_who_could_compute_its_number_from_it() {
    let incident = Incident::new();
    incident.name_member(&incident.case, Who::Outsider, "custodian", None);
    // One row: whoever has its digest and its other cells tries ten million numbers in some seconds.
    let file = csv_of(&[("one", "+447700900123", "2024-03-10T12:00:00Z")]);
    let dry = incident
        .custodian()
        .upload(&incident.of_case("/exhibits?dry_run=true"), &file);
    let dry_leaf = dry.assert_status(200).leaf().unwrap();
    let answer = incident.admit(&file).assert_status(201);
    let (leaf, admitted) = (answer.leaf().unwrap(), answer.json());
    let plain = sha256(&file);
    assert_eq!(admitted["digest"], plain);
    let own = newest(&incident, &incident.custodian());
    for name in ["digest", "digest_salt", "commitment"] {
        assert_eq!(own[name], admitted[name], "{name}");
    }
    let hexadecimal: String = STANDARD
        .decode(&plain)
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for who in [Who::Investigator, Who::Lead, Who::Outsider] {
        let seen = newest(&incident, &incident.client(who));
        assert_eq!(seen["commitment"], admitted["commitment"]);
        assert!(
            seen.get("digest").is_none() && seen.get("digest_salt").is_none(),
            "{seen}"
        );
    }
    // Neither do the leaves, whose details an auditor reads.
    for number in [dry_leaf, leaf] {
        let read = incident.auditor().get(&format!("/audit/leaves/{number}"));
        let text = read.assert_status(200).text();
        assert!(
            !text.contains(&plain) && !text.contains(&hexadecimal),
            "{text}"
        );
    }
    let read = incident.auditor().get(&format!("/audit/leaves/{leaf}"));
    let text = read.json()["detail"].to_string();
    assert!(
        text.contains(admitted["commitment"].as_str().unwrap()),
        "{text}"
    );
}

#[test]
fn whoever_has_the_file_and_the_salt_proves_that_it_was_admitted() {
    let incident = Incident::new();
    let file = csv_of(&[("one", "+447700900123", "2024-03-10T12:00:00Z")]);
    let admitted = incident.admit(&file).assert_status(201).json();
    let salt = admitted["digest_salt"].as_str().unwrap();
    let of = |file: &[u8], salt: &str| {
        sha256(format!("breachvault-file-v1\n{}\n{salt}\n", sha256(file)).as_bytes())
    };
    let told = newest(&incident, &incident.lead())["commitment"].clone();
    assert_eq!(told, json!(of(&file, salt)));
    assert_ne!(told, json!(of(b"another file", salt)));
    if let Some(printed) = documented(&file, salt) {
        assert_eq!(told, json!(printed));
    }
    // The same row again is another file, and has a salt of its own.
    let other = [&file[..], b"\n"].concat();
    let again = incident.admit(&other).assert_status(201).json();
    assert_ne!(again["digest_salt"], admitted["digest_salt"]);
    incident
        .admit(&file)
        .assert_problem(409, "already-admitted");
}

/// What the program of docs/leaf-format.md prints; nothing where `openssl` is not installed.
fn documented(file: &[u8], salt: &str) -> Option<String> {
    Command::new("openssl").arg("version").output().ok()?;
    let page = include_str!("../../../docs/leaf-format.md");
    let (_, program) = page.split_once("# commitment.sh FILE SALT\n").unwrap();
    let program = program.split_once("```").unwrap().0;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.csv");
    std::fs::write(&path, file).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", program, "sh"]).arg(&path).arg(salt);
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}
