//! What stands in a package, and who can open it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use breachvault::evidence;
use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};

use super::{Receiver, decide, json_of, take, unpack};
use crate::erasure;
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
fn an_account_notice_has_no_row_for_somebody_whose_number_was_erased() {
    let at = "2024-03-10T12:00:00Z";
    let (gone, stays) = ("+447700900001", "+447700900002");
    let log = csv_of(&[("one", gone, at), ("one", stays, at)]);
    let incident = Incident::with("", Log::read_short(log));
    let erasure = erasure::approved(&incident, gone);
    erasure::carry_out(&incident.custodian(), &erasure).assert_status(200);
    erasure::finished(&incident, &erasure);
    let receiver = Receiver::new();
    let filter = json!({ "account": ["one"] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    let read = incident.lead().get(&format!("/exports/{export}"));
    let read = read.assert_status(200).json();
    assert_eq!(
        (&read["messages"], &read["numbers"]),
        (&json!(1), &json!(1))
    );
    decide(&incident.lead(), &export, &body::approve()).assert_status(200);
    let package = take(&incident.custodian(), &export).assert_status(200);
    let rows = json_of(&unpack(&incident, &package.body, &receiver));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["number"], stays);
}

#[test]
fn users_that_do_not_fit_into_a_cell_leave_no_spreadsheet() {
    let header = "account,user,number,carrier,country,state,sent_at,kind,channel,message_ref\n";
    let mut log = header.to_owned();
    // 35,000 characters together; a sheet holds 32,767 in a cell.
    for at in 0..300 {
        let user = format!("{}.{at:03}@example.org", "u".repeat(100));
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
    assert_eq!(rows[0]["users"].as_array().unwrap().len(), 300);
    let cells = cells_of(&files);
    assert_eq!(cells[1][1].split(' ').count(), 300);
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

/// The rows of a scope report that is asked for, decided by a custodian and taken now.
fn report(incident: &Incident) -> Vec<Value> {
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.lead(), &request);
    decide(&incident.custodian(), &export, &body::approve()).assert_status(200);
    let package = take(&incident.custodian(), &export).assert_status(200);
    json_of(&unpack(incident, &package.body, &receiver))
}

const REPORTED: [&str; 5] = ["country", "state", "area_state", "carrier", "day"];

fn is_withheld(row: &Value) -> bool {
    row["name"] == "withheld"
}

#[test]
fn tables_asked_for_by_a_stricter_rule_keep_no_report_and_no_table_from_others() {
    let incident = Incident::with("", invented(3000, 7));
    let ask = |client: &crate::support::Client, by: &str, rule: Option<&str>| {
        let mut body = json!({ "by": [by], "audience": "protected" });
        if let Some(rule) = rule {
            body["rule"] = json!(rule);
        }
        client.post(&incident.of_case("/scope"), &body)
    };
    let mut given = Vec::new();
    for by in REPORTED {
        let answer = ask(&incident.investigator(), by, Some("cms"));
        if answer.status == 200 {
            assert_eq!(answer.json()["rule"], "cms");
            given.push((by, answer.json()));
        }
    }
    assert!(given.iter().any(|(by, _)| *by == "country"), "{given:?}");
    let rows = report(&incident);
    for by in REPORTED {
        assert!(rows.iter().any(|row| row["by"] == by), "{by} is missing");
    }
    for (by, table) in &given {
        let told: Vec<&Value> = rows.iter().filter(|row| row["by"] == *by).collect();
        assert!(told.iter().all(|row| !is_withheld(row)), "{by}");
        let counts = |rows: &[Value]| -> Vec<Value> {
            rows.iter().map(|row| row["numbers"].clone()).collect()
        };
        let told: Vec<Value> = told.into_iter().cloned().collect();
        assert_eq!(
            counts(&told),
            counts(table["rows"].as_array().unwrap()),
            "{by}"
        );
        // Whoever asks by the usual rule, or by none, gets the table that was given out.
        for rule in [None, Some("nhs")] {
            let again = ask(&incident.lead(), by, rule).assert_status(200);
            assert_eq!(again.json()["rows"], table["rows"], "{by}");
            assert_eq!(again.json()["rule"], "cms");
        }
    }
}

/// People in so many cells that no table has to be withheld.
fn people(from: u32, to: u32) -> Vec<u8> {
    let numbers: Vec<String> = (from..to).map(|no| format!("+4477009{no:05}")).collect();
    let rows: Vec<_> = numbers
        .iter()
        .map(|number| ("one", number.as_str(), "2024-03-10T12:00:00Z"))
        .collect();
    csv_of(&rows)
}

#[test]
fn a_file_with_a_few_people_blocks_no_report_and_does_not_change_it() {
    let mut log = people(0, 60);
    log.extend_from_slice(b"two,+447700999999,Carrier,GB,,2024-03-10T12:00:00Z,sms\n");
    let incident = Incident::with("", Log::read_short(log));
    let first = report(&incident);
    assert!(
        first[0]["name"]
            .as_str()
            .unwrap()
            .starts_with("1 exhibit, "),
        "{}",
        first[0]
    );
    // Nobody new, one, and seven: the report is the same, and says of which exhibits it is.
    for file in [people(0, 5), people(100, 101), people(101, 107)] {
        incident.admit(&file).assert_status(201);
        assert_eq!(report(&incident), first);
    }
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    let seen = incident.lead().get(&format!("/exports/{export}"));
    let exhibits = json!([incident.first_exhibit()]);
    assert_eq!(seen.assert_status(200).json()["report_exhibits"], exhibits);
    let seen = incident.custodian().get(&format!("/exports/{export}"));
    assert!(
        seen.assert_status(200)
            .json()
            .get("report_exhibits")
            .is_none()
    );
    // Enough people, and it moves on.
    incident.admit(&people(200, 240)).assert_status(201);
    let moved = report(&incident);
    assert!(
        moved[0]["name"]
            .as_str()
            .unwrap()
            .starts_with("5 exhibits, "),
        "{}",
        moved[0]
    );
    assert_ne!(moved[0]["numbers"], first[0]["numbers"]);
    // Three people whom a later file brings and a withdrawal takes away: as it was.
    let few = incident
        .admit(&people(300, 303))
        .assert_status(201)
        .member("exhibit");
    assert_eq!(report(&incident), moved);
    incident.withdraw(&few);
    assert_eq!(report(&incident), moved);
}

#[test]
fn an_edition_that_cannot_be_counted_any_more_is_given_again_as_it_was() {
    let mut log = people(0, 60);
    log.extend_from_slice(b"two,+447700999999,Carrier,GB,,2024-03-10T12:00:00Z,sms\n");
    let incident = Incident::with("", Log::read_short(log));
    let few = incident
        .admit(&people(100, 103))
        .assert_status(201)
        .member("exhibit");
    let first = report(&incident);
    incident.withdraw(&few);
    assert_eq!(report(&incident), first);
}

#[test]
fn tables_given_out_after_a_report_was_asked_for_do_not_come_between_it_and_its_package() {
    let incident = Incident::with("", invented(3000, 7));
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    let ask = |by: &str, rule: &str| {
        let table = json!({ "by": [by], "audience": "protected", "rule": rule });
        incident.lead().post(&incident.of_case("/scope"), &table)
    };
    ask("country", "cms").assert_problem(409, "cut-too-close");
    for by in ["week", "state", "carrier", "day"] {
        let status = ask(by, "cms").status;
        assert!([200, 409].contains(&status), "{by}: {status}");
    }
    decide(&incident.custodian(), &export, &body::approve()).assert_status(200);
    take(&incident.custodian(), &export).assert_status(200);
}

#[test]
fn the_leaf_in_a_package_counts_nothing() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    for profile in ["scope-report", "evidence"] {
        let request = body::export(profile, &json!({}), &receiver.recipient);
        let export = incident.ask_export(&incident.investigator(), &request);
        let decided = decide(&incident.custodian(), &export, &body::approve()).assert_status(200);
        let package = take(&incident.custodian(), &export).assert_status(200);
        let leaf = clear_file(&package.body, "entry.json");
        let leaf: Value = serde_json::from_slice(&leaf).unwrap();
        assert_eq!(leaf["action"], "export.decide");
        for count in ["rows", "subjects"] {
            assert!(leaf.get(count).is_none_or(Value::is_null), "{leaf}");
        }
        // An auditor finds it in the detail.
        let path = format!("/audit/leaves/{}", decided.leaf().unwrap());
        let read = incident.auditor().get(&path).assert_status(200).json();
        let messages = incident.log.messages.len().to_string();
        assert!(read["detail"].to_string().contains(&messages), "{read}");
    }
}

/// A file that stands in a package in the clear.
fn clear_file(package: &[u8], name: &str) -> Vec<u8> {
    let mut tar = tar::Archive::new(package);
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().ends_with(name) {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
            return bytes;
        }
    }
    panic!("no {name}");
}

#[test]
fn the_lengths_of_sealed_files_do_not_show_how_many_rows_they_have() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({ "account": [incident.account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let mut sizes = std::collections::BTreeMap::<String, Vec<u64>>::new();
    for _ in 0..12 {
        let export = incident.approved_export(&request);
        let package = take(&incident.custodian(), &export).assert_status(200);
        let mut tar = tar::Archive::new(&package.body[..]);
        for entry in tar.entries().unwrap() {
            let entry = entry.unwrap();
            let path = entry.path().unwrap().into_owned();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.starts_with("export.") {
                sizes.entry(name).or_default().push(entry.size());
            }
        }
        // The same people each time, and nothing in the way of reading them.
        let files = unpack(incident, &package.body, &receiver);
        let people = json_of(&files).len();
        let mut csv = csv::Reader::from_reader(&files["export.csv"][..]);
        assert_eq!(csv.records().map(Result::unwrap).count(), people);
    }
    assert_eq!(sizes.len(), 3, "{sizes:?}");
    for (name, sizes) in sizes {
        let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
        // Twelve draws over 64 KiB (48 for the spreadsheet) lie closer together than this once in 100,000 times.
        assert!(most - least > 8_000, "{name}: {sizes:?}");
    }
}

#[test]
fn reports_and_a_table_that_are_asked_for_at_once_are_all_given() {
    let incident = Incident::with("", invented(3000, 7));
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let table = json!({ "by": ["country"], "audience": "protected" });
    let (investigator, lead) = (incident.investigator(), incident.lead());
    let [exports, scope] = ["/exports", "/scope"].map(|rest| incident.of_case(rest));
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| investigator.post(&exports, &request).assert_status(201));
            threads.spawn(|| lead.post(&scope, &table).assert_status(200));
        }
    });
    assert!(report(&incident).iter().any(|row| row["by"] == "country"));
}
