//! Every list that is read with `GET`: a page at a time by `limit` and `after`, and as CSV, with the same rows.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Client, Incident, Who, body};

/// A list: its path, the member with its rows, the member that names a row, and somebody who reads it.
const LISTS: &[(&str, &str, &str, Who)] = &[
    ("/sessions", "sessions", "session", Who::Lead),
    ("/me", "cases", "case", Who::Lead),
    ("/inbox", "waiting", "request", Who::Lead),
    ("/operators", "operators", "operator", Who::Administrator),
    ("/cases", "cases", "case", Who::Lead),
    ("/cases/{case}/members", "members", "operator", Who::Lead),
    ("/cases/{case}/exhibits", "exhibits", "exhibit", Who::Lead),
    (
        "/cases/{case}/memberships",
        "memberships",
        "membership",
        Who::Lead,
    ),
    ("/cases/{case}/reveals", "reveals", "reveal", Who::Lead),
    ("/cases/{case}/exports", "exports", "export", Who::Lead),
    ("/cases/{case}/raises", "raises", "raise", Who::Lead),
    (
        "/cases/{case}/withdrawals",
        "withdrawals",
        "withdrawal",
        Who::Lead,
    ),
    (
        "/cases/{case}/destructions",
        "destructions",
        "destruction",
        Who::Lead,
    ),
    ("/cases/{case}/erasures", "erasures", "erasure", Who::Lead),
    ("/cases/{case}/moves", "moves", "move", Who::Lead),
    (
        "/cases/{case}/quarantines",
        "quarantines",
        "quarantine",
        Who::Lead,
    ),
];

const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// A vault in which every list has three rows or more.
fn filled() -> Incident {
    let incident = Incident::new();
    let asker = incident.investigator();
    let subject = incident.subject(&incident.log.messages[0].number);
    for at in 0..3 {
        incident.open_case();
        incident.new_session(Who::Lead);
        incident.ask_reveal(&asker, std::slice::from_ref(&subject));
        let asked = body::export("scope-report", &serde_json::json!({}), RECIPIENT);
        incident.ask_export(&asker, &asked);
        incident.ask_raise(&asker, 5);
        incident.ask_withdrawal_of_a_fresh_one();
        incident.ask_quarantine_of_a_fresh_one();
        incident.ask_membership(&format!("somebody.{at}"));
        incident.ask_destruction(&incident.case);
        incident.ask_erasure();
        incident.ask_move(&incident.case, "close");
    }
    incident
}

fn ids(listed: &Value, rows: &str, id: &str) -> Vec<String> {
    let rows = listed[rows].as_array().unwrap().iter();
    rows.map(|row| row[id].as_str().unwrap().to_owned())
        .collect()
}

/// The whole list, one row a page.
fn by_one(client: &Client, path: &str, rows: &str, id: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut next = Value::Null;
    loop {
        let after = match next.as_str() {
            Some(next) => format!("&after={next}"),
            None => String::new(),
        };
        let page = client.get(&format!("{path}?limit=1{after}"));
        let page = page.assert_status(200).json();
        all.extend(ids(&page, rows, id));
        next = page["next"].clone();
        if next.is_null() {
            return all;
        }
        assert!(all.len() < 100, "{path} does not end");
    }
}

#[test]
fn every_list_pages_leaves_as_csv_and_takes_nothing_else() {
    let incident = filled();
    for (path, rows, id, who) in LISTS {
        let path = path.replace("{case}", &incident.case);
        let client = incident.client(*who);
        let whole = client.get(&path).assert_status(200);
        assert_eq!(whole.header("vary"), Some("accept"), "{path}");
        let whole = whole.json();
        assert_eq!(whole["next"], Value::Null, "{path}");
        let expected = ids(&whole, rows, id);
        assert!(expected.len() >= 3, "{path}: {expected:?}");
        let found = by_one(&client, &path, rows, id);
        let sorted = |all: &[String]| all.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(
            sorted(&found).len(),
            found.len(),
            "{path}: a row came twice"
        );
        assert_eq!(found, expected, "{path}");

        // The same rows as CSV, and the page behind them in a header.
        let sheet = client.get_as(&path, "text/csv").assert_status(200);
        let media = sheet.header("content-type").unwrap();
        assert!(media.starts_with("text/csv; charset=utf-8"), "{media}");
        assert!(sheet.leaf().is_some(), "{path}");
        assert_eq!(sheet.header("page-next"), None, "{path}");
        assert_eq!(column(&sheet.text(), id), expected, "{path}");
        let first = client.get_as(&format!("{path}?limit=1"), "text/csv");
        let first = first.assert_status(200);
        let next = first.header("page-next").unwrap().to_owned();
        assert_eq!(column(&first.text(), id), expected[..1], "{path}");
        let second = client.get_as(&format!("{path}?limit=1&after={next}"), "text/csv");
        assert_eq!(column(&second.text(), id), expected[1..2], "{path}");

        for query in ["colour=red", "cursor=x", "limit=1&limit=1"] {
            let refused = client.get(&format!("{path}?{query}"));
            refused.assert_problem(400, "malformed-query");
        }
        for query in ["limit=0", "limit=501", "after=nobody"] {
            let refused = client.get(&format!("{path}?{query}"));
            refused.assert_problem(422, "invalid");
        }
        let neither = client.get_as(&path, "text/csv;q=0, application/json;q=0");
        neither.assert_status(406);
    }
}

/// The cells of a column.
fn column(text: &str, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().unwrap().iter().position(|one| one == name);
    let at = at.unwrap_or_else(|| panic!("no column {name}: {text}"));
    let records = reader.records().map(|record| record.unwrap());
    records
        .map(|record| {
            let cell = record.get(at).unwrap();
            cell.strip_prefix('\'').unwrap_or(cell).to_owned()
        })
        .collect()
}

#[test]
fn no_cell_of_a_list_is_run_by_a_spreadsheet() {
    let incident = Incident::new();
    let asker = incident.investigator();
    for reason in [
        "=HYPERLINK(1) of a reason",
        "+a reason that begins so",
        "-2+3 is a reason",
        "@SUM(1) is a reason",
    ] {
        let mut raise = incident.raise(5);
        raise["reason"] = Value::from(reason);
        asker
            .post(&incident.of_case("/raises"), &raise)
            .assert_status(201);
    }
    for path in [incident.of_case("/raises"), "/inbox".to_owned()] {
        let sheet = incident
            .lead()
            .get_as(&path, "text/csv")
            .assert_status(200)
            .text();
        let mut reader = csv::Reader::from_reader(sheet.as_bytes());
        let mut dangerous = 0;
        for record in reader.records() {
            for cell in record.unwrap().iter() {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{path}: {cell}"
                );
                dangerous += usize::from(
                    cell.starts_with("'=")
                        || cell.starts_with("'+")
                        || cell.starts_with("'-")
                        || cell.starts_with("'@"),
                );
            }
        }
        assert_eq!(dangerous, 4, "{path}: {sheet}");
    }
}

#[test]
fn whoever_may_not_read_a_list_does_not_get_it_as_csv_either() {
    let incident = crate::support::shared();
    let members = incident.of_case("/members");
    let refused = incident.investigator().get_as(&members, "text/csv");
    refused.assert_problem(403, "not-allowed");
    let refused = incident.client(Who::Outsider).get_as(&members, "text/csv");
    refused.assert_problem(404, "not-found");
}
