//! The rows of a quarantine leave as a sealed list: line, column, kind and the cells of mapped columns.

use std::path::Path;

use serde_json::{Value, json};

use super::{admitted, ask_with, asked, asked_list, decide, open, small, take};
use crate::export::{Receiver, json_of, unpack};
use crate::support::{Who, body, captured};

/// What is in no answer, no file of the vault and no log: cells, and a column that was not read.
const CELLS: [&str; 4] = ["qk71zz", "qyesterdayq", "1.20255E+10", "see you at nine"];

fn none_of_them(what: &str, bytes: &[u8]) {
    for cell in CELLS {
        let found = bytes
            .windows(cell.len())
            .any(|part| part == cell.as_bytes());
        assert!(!found, "{what} has a cell");
    }
}

fn every_file(directory: &Path, see: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => every_file(&path, see),
            false => see(&path),
        }
    }
}

#[test]
fn the_list_tells_its_receiver_lines_kinds_and_cells_and_nobody_else_a_cell() {
    let incident = small();
    let receiver = Receiver::new();
    let (_, list) = asked_list(&incident, &receiver);
    take(&incident.custodian(), &list).assert_problem(409, "wrong-state");
    let decided = decide(&incident.second_lead(), &list, &body::approve()).assert_status(200);
    let leaf = incident.leaf(decided.leaf().unwrap());
    assert_eq!(leaf["action"], "quarantine.decide");
    assert_eq!(leaf["decision"], "approve");
    assert_eq!(leaf["asker"], incident.operator(Who::Lead).as_str());
    let package = take(&incident.custodian(), &list).assert_status(200);
    assert_eq!(package.header("content-type"), Some("application/x-tar"));

    // Verified with the approval in it, and opened with the receiver's key.
    let files = unpack(&incident, &package.body, &receiver);
    let rows = json_of(&files);
    let told: Vec<Value> = rows
        .iter()
        .map(|row| json!([row["line"], row["column"], row["kind"]]))
        .collect();
    let expected = [
        json!([3, "number", "not-a-number"]),
        json!([4, "sent_at", "bad-time"]),
        json!([5, null, "wrong-cell-count"]),
        json!([6, "number", "damaged"]),
    ];
    assert_eq!(told, expected);
    assert_eq!(rows[0]["cells"]["account"], "one");
    assert_eq!(rows[0]["cells"]["number"], "qk71zz");
    assert_eq!(rows[0]["cells"]["carrier"], "-Carrier");
    assert_eq!(rows[1]["cells"]["number"], "+447700900002");
    assert_eq!(rows[1]["cells"]["sent_at"], "qyesterdayq");
    assert_eq!(rows[2]["cells"], json!({}));
    assert_eq!(rows[3]["cells"]["number"], "1.20255E+10");
    let text = String::from_utf8(files["export.json"].clone()).unwrap();
    assert!(!text.contains("see you at nine"), "content was kept");

    // The CSV has the same in every cell, once one ' is taken away.
    let mut csv = csv::Reader::from_reader(&files["export.csv"][..]);
    let header = csv.headers().unwrap().clone();
    let columns = [
        "line",
        "column",
        "kind",
        "cells.account",
        "cells.number",
        "cells.carrier",
        "cells.country",
        "cells.sent_at",
        "cells.kind",
    ];
    assert_eq!(header.iter().collect::<Vec<_>>(), columns);
    let records: Vec<_> = csv.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), rows.len());
    for (record, row) in records.iter().zip(&rows) {
        for (name, cell) in header.iter().zip(record) {
            let value = match name.strip_prefix("cells.") {
                Some(field) => &row["cells"][field],
                None => &row[name],
            };
            let exact = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), exact, "{name}");
        }
    }
    let text = String::from_utf8(files["export.csv"].clone()).unwrap();
    assert!(text.contains("\"'-Carrier\"") && text.contains("\"'+447700900002\""));

    none_of_them("the package", &package.body);
    let seen = incident.lead().get(&format!("/quarantines/{list}"));
    none_of_them("the request", &seen.assert_status(200).body);
    for leaf in 0..incident.leaves() {
        let read = incident.auditor().get(&format!("/audit/leaves/{leaf}"));
        none_of_them("a leaf", &read.assert_status(200).body);
    }
    let mut files = 0;
    every_file(incident.paths.root(), &mut |path| {
        none_of_them(&path.display().to_string(), &std::fs::read(path).unwrap());
        files += 1;
    });
    assert!(files > 3, "database, keyring, package");
    none_of_them("the log", captured().as_bytes());
}

#[test]
fn a_custodian_hands_the_list_out_and_nobody_else() {
    let incident = small();
    let receiver = Receiver::new();
    let (_, list) = asked_list(&incident, &receiver);
    decide(&incident.custodian(), &list, &body::approve()).assert_status(200);
    for who in [Who::Lead, Who::SecondLead, Who::Investigator] {
        take(&incident.client(who), &list).assert_problem(403, "not-allowed");
    }
    for who in [
        Who::Liaison,
        Who::Auditor,
        Who::Administrator,
        Who::Outsider,
    ] {
        let there = take(&incident.client(who), &list).assert_problem(404, "not-found");
        let absent = take(&incident.client(who), "q_00000000000000000000");
        assert_eq!(there.comparable(), absent.comparable());
    }
    let first = take(&incident.custodian(), &list).assert_status(200);
    let again = take(&incident.custodian(), &list).assert_status(200);
    assert_eq!(first.body, again.body, "it is built once");
    // A key of somebody else opens nothing of it.
    let directory = tempfile::tempdir().unwrap();
    let tar = directory.path().join("package.tar");
    std::fs::write(&tar, &first.body).unwrap();
    let out = directory.path().join("out");
    let opened = breachvault::evidence::open(&tar, Receiver::new().identity(), &out);
    assert!(opened.is_err());
}

#[test]
fn each_form_is_told_in_its_own_way_only() {
    let incident = small();
    let receiver = Receiver::new();
    let (_, list) = asked_list(&incident, &receiver);
    decide(&incident.custodian(), &list, &body::approve()).assert_status(200);
    let opened = open(&incident.lead(), &list).assert_problem(422, "invalid");
    assert_eq!(opened.json()["at"], "quarantine");
    take(&incident.custodian(), &list).assert_status(200);

    let masked = asked(&incident);
    decide(&incident.custodian(), &masked, &body::approve()).assert_status(200);
    let taken = take(&incident.custodian(), &masked).assert_problem(422, "invalid");
    assert_eq!(taken.json()["at"], "quarantine");
    open(&incident.lead(), &masked).assert_status(200);
    take(&incident.custodian(), &masked).assert_problem(422, "invalid");
    let packages = incident.paths.packages();
    assert!(!packages.join(format!("{masked}.tar")).exists());
}

#[test]
fn what_a_revoked_lead_asked_for_is_not_handed_out_not_even_again() {
    let incident = small();
    let receiver = Receiver::new();
    let [built, unbuilt] = [(); 2].map(|()| {
        let list = incident.ask_list(&incident.second_lead(), &receiver.recipient);
        decide(&incident.lead(), &list, &body::approve()).assert_status(200);
        list
    });
    take(&incident.custodian(), &built).assert_status(200);
    incident.revoke(Who::SecondLead);
    for list in [&built, &unbuilt] {
        take(&incident.custodian(), list).assert_problem(409, "asker-gone");
    }
    let packages = incident.paths.packages();
    assert!(!packages.join(format!("{unbuilt}.tar")).exists());
}

#[test]
fn the_list_of_a_withdrawn_exhibit_does_not_leave_and_others_do() {
    let incident = small();
    let receiver = Receiver::new();
    let approved = |exhibit: &str| {
        let list = body::list(&receiver.recipient);
        let asked = ask_with(&incident, &incident.lead(), exhibit, &list);
        let asked = asked.assert_status(201).member("quarantine");
        decide(&incident.custodian(), &asked, &body::approve()).assert_status(200);
        asked
    };
    let exhibit = admitted(&incident);
    let [built, unbuilt] = [(); 2].map(|()| approved(&exhibit));
    let other = approved(&admitted(&incident));
    take(&incident.custodian(), &built).assert_status(200);
    take(&incident.custodian(), &other).assert_status(200);
    incident.withdraw(&exhibit);
    for list in [&built, &unbuilt] {
        take(&incident.custodian(), list).assert_problem(409, "exhibit-withdrawn");
    }
    take(&incident.custodian(), &other).assert_status(200);
}

#[test]
fn a_list_that_comes_late_is_not_handed_out() {
    let incident = small();
    let receiver = Receiver::new();
    let late = incident.approved_list(&receiver.recipient);
    incident.clock.advance_seconds(24 * 3600 + 1);
    incident.forget_sessions();
    take(&incident.custodian(), &late).assert_problem(409, "expired");
}
