//! What stands in a package, and who can open it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use breachvault::evidence;
use calamine::{Data, Reader as _, Xlsx};
use serde_json::json;

use super::{Receiver, decide, json_of, take, unpack};
use crate::support::{Incident, Log, body, csv_of, invented, shared};

/// The exact cells of the CSV, with its header.
fn cells_of(files: &BTreeMap<String, Vec<u8>>) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&files["export.csv"][..]);
    let exact = |cell: &str| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| row.iter().map(exact).collect()).collect()
}

/// The cells of the spreadsheet, all of which must be text.
fn sheet_of(files: &BTreeMap<String, Vec<u8>>) -> Vec<Vec<String>> {
    let mut book = Xlsx::new(Cursor::new(files["export.xlsx"].clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        _ => panic!("a cell that is no text"),
    };
    let rows = sheet.rows();
    rows.map(|row| row.iter().map(text).collect()).collect()
}

#[test]
fn an_account_notice_holds_one_accounts_numbers() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({ "account": [incident.account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    let of_account = |m: &crate::support::Message| m.account == incident.account;
    let seen = incident.lead().get(&format!("/exports/{export}"));
    let json = seen.assert_status(200).json();
    assert_eq!(json["messages"], incident.log.count(of_account));
    assert_eq!(json["numbers"], incident.log.numbers_of(of_account).len());
    assert_eq!(json["legal_basis"], "GDPR Art. 33(2)");
    take(&incident.custodian(), &export).assert_problem(409, "wrong-state");
    let decided = decide(&incident.lead(), &export, &body::approve()).assert_status(200);
    let package = take(&incident.custodian(), &export).assert_status(200);
    assert_eq!(package.header("content-type"), Some("application/x-tar"));
    let files = unpack(incident, &package.body, &receiver);
    let rows = json_of(&files);
    let told: Vec<&str> = rows
        .iter()
        .map(|row| row["number"].as_str().unwrap())
        .collect();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    let expected: Vec<&str> = incident.log.numbers_of(of_account).into_iter().collect();
    assert_eq!(sorted, expected);
    for row in &rows {
        let of_it = |m: &crate::support::Message| of_account(m) && m.number == row["number"];
        assert_eq!(row["messages"], incident.log.count(of_it));
        let messages = incident.log.messages.iter().filter(|m| of_it(m));
        let users = messages.map(|m| m.user.as_str());
        let users: BTreeSet<&str> = users.filter(|user| !user.is_empty()).collect();
        let told = row["users"].as_array().unwrap().iter();
        let told: BTreeSet<&str> = told.map(|user| user.as_str().unwrap()).collect();
        assert!(told == users, "the users of a number");
    }
    assert!(sheet_of(&files) == cells_of(&files), "the sheet is the CSV");
    // No spreadsheet runs a cell of it.
    let csv = String::from_utf8(files["export.csv"].clone()).unwrap();
    for line in csv.lines().skip(1) {
        assert!(!line.starts_with(['+', '=', '-', '@']), "{line:?}");
    }
    // The decision is in the package.
    let leaf = decided.leaf().unwrap();
    assert_eq!(incident.leaf(leaf)["action"], "export.decide");
}

#[test]
fn a_number_of_a_plan_that_moved_is_told_as_its_new_number() {
    let at = "2024-03-10T12:00:00Z";
    let log = csv_of(&[
        ("one", "+5215512345681", at),
        ("one", "+52 1 55 1234 5682", at),
        ("two", "+447700900004", at),
    ]);
    let incident = Incident::with("", Log::read_short(log));
    let receiver = Receiver::new();
    let filter = json!({ "account": ["one"] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    decide(&incident.lead(), &export, &body::approve()).assert_status(200);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let rows = json_of(&unpack(&incident, &package.body, &receiver));
    let mut told: Vec<&str> = rows
        .iter()
        .map(|row| row["number"].as_str().unwrap())
        .collect();
    told.sort_unstable();
    assert_eq!(told, ["+525512345681", "+525512345682"]);
}

#[test]
fn users_that_do_not_fit_into_a_cell_leave_no_spreadsheet() {
    let header = "account,user,number,carrier,country,state,sent_at,kind,channel,message_ref\n";
    let mut log = header.to_owned();
    // 35,000 characters together; a sheet holds 32,767 in a cell.
    for at in 0..140 {
        let user = format!("{}.{at:03}@example.org", "u".repeat(230));
        let sent_at = format!("2024-03-10T12:{:02}:{:02}Z", at / 60, at % 60);
        log.push_str(&format!(
            "one,{user},+447700900001,Carrier,GB,,{sent_at},sms,sms,ref-{at}\n"
        ));
    }
    let incident = Incident::with("", Log::read(log.into_bytes()));
    let receiver = Receiver::new();
    let filter = json!({ "account": ["one"] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    decide(&incident.lead(), &export, &body::approve()).assert_status(200);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let files = unpack(&incident, &package.body, &receiver);
    assert!(!files.contains_key("export.xlsx"));
    let rows = json_of(&files);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["users"].as_array().unwrap().len(), 140);
    let cells = cells_of(&files);
    assert_eq!(cells[1][1].split(' ').count(), 140);
}

#[test]
fn a_scope_report_holds_counts_and_no_number() {
    // One of its own: other tests give tables of the shared one out.
    let incident = &Incident::with("", invented(3000, 7));
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let files = unpack(incident, &package.body, &receiver);
    let rows = json_of(&files);
    let us = rows
        .iter()
        .find(|row| row["by"] == "country" && row["value"] == "US")
        .unwrap();
    let in_us = incident.log.numbers_of(|m| m.country == "US").len() as u64;
    assert_eq!(us["numbers"], (in_us + 2) / 5 * 5);
    assert_eq!(us["name"], "United States");
    assert!(sheet_of(&files) == cells_of(&files), "the sheet is the CSV");
    // No count is exact, none is small, and messages are not counted.
    for row in &rows {
        assert!(row.get("messages").is_none(), "{row}");
        match row["numbers"].as_u64() {
            Some(numbers) => assert!(numbers == 0 || (numbers >= 10 && numbers % 5 == 0), "{row}"),
            None => assert_eq!(row["numbers"], "*"),
        }
    }
    let package = String::from_utf8_lossy(&package.body).into_owned();
    assert!(
        package.contains("Area-Code-Table: "),
        "the table has a version"
    );
    let text = String::from_utf8_lossy(&files["export.json"]).into_owned();
    for number in incident.log.numbers_of(|_| true) {
        assert!(!text.contains(&number[1..]));
    }
}

#[test]
fn evidence_holds_every_record_in_full() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({ "country": ["GB"], "sent_to": "2024-03-20T00:00:00Z" });
    let request = body::export("evidence", &filter, &receiver.recipient);
    let export = incident.approved_export(&request);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let files = unpack(incident, &package.body, &receiver);
    assert!(!files.contains_key("export.xlsx"));
    let kept = incident
        .log
        .messages
        .iter()
        .filter(|m| m.country == "GB" && m.sent_at.as_str() < "2024-03-20");
    let mut expected: Vec<[String; 4]> = kept
        .map(|m| [&m.number, &m.sent_at, &m.account, &m.user].map(String::clone))
        .collect();
    let mut told: Vec<[String; 4]> = json_of(&files)
        .iter()
        .map(|row| {
            ["number", "sent_at", "account", "user"]
                .map(|name| row[name].as_str().unwrap().to_owned())
        })
        .collect();
    expected.sort();
    told.sort();
    assert!(!expected.is_empty());
    assert_eq!(told, expected);
}

#[test]
fn a_package_opens_for_its_recipients_and_for_nobody_else() {
    let incident = shared();
    let (one, two) = (Receiver::new(), Receiver::new());
    let mut request = body::export("scope-report", &json!({}), &one.recipient);
    request["recipients"] = json!([one.recipient, two.recipient]);
    let export = incident.approved_export(&request);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let same = unpack(incident, &package.body, &one);
    assert_eq!(same, unpack(incident, &package.body, &two));
    let directory = tempfile::tempdir().unwrap();
    let tar = directory.path().join("package.tar");
    std::fs::write(&tar, &package.body).unwrap();
    let out = directory.path().join("out");
    assert!(evidence::open(&tar, &Receiver::new().identity, &out).is_err());
}

#[test]
fn a_package_that_cannot_be_written_is_not_handed_out_until_it_can() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let (packages, away) = (
        incident.paths.packages(),
        incident.paths.data().join("away"),
    );
    std::fs::rename(&packages, &away).unwrap();
    std::fs::write(&packages, b"no directory").unwrap();
    take(&incident.custodian(), &export).assert_problem(500, "internal");
    let seen = incident.lead().get(&format!("/exports/{export}"));
    assert_eq!(seen.member("state"), "approved");
    std::fs::remove_file(&packages).unwrap();
    std::fs::rename(&away, &packages).unwrap();
    let package = take(&incident.custodian(), &export).assert_status(200);
    unpack(&incident, &package.body, &receiver);
}

#[test]
fn a_scope_report_goes_into_the_ledger_of_releases() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    take(&incident.custodian(), &export).assert_status(200);
    // The same cut is given out by no other rule.
    let scope = |rule: &str| {
        let body = json!({ "by": ["country"], "audience": "protected", "rule": rule });
        incident.lead().post(&incident.of_case("/scope"), &body)
    };
    scope("nhs").assert_status(200);
    scope("cms").assert_problem(409, "cut-too-close");
}

#[test]
fn a_table_given_out_by_another_rule_is_not_in_a_scope_report() {
    let incident = Incident::new();
    let body = json!({ "by": ["country"], "audience": "protected", "rule": "cms" });
    let scope = incident.lead().post(&incident.of_case("/scope"), &body);
    scope.assert_status(200);
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let rows = json_of(&unpack(&incident, &package.body, &receiver));
    assert!(rows.iter().all(|row| row["by"] != "country"));
}
