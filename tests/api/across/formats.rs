//! Each named format through the door: what is found out about a file, and how
//! its rows are counted.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{TestVault, Who, body};

/// A fixture, what is asked with it, the format, and rows, admitted,
/// duplicates, quarantined and numbers.
type Expected = (&'static str, &'static str, &'static str, [u64; 5]);

const FILES: [Expected; 23] = [
    (
        "duo-v1-good.json",
        "&account=Acme",
        "duo-v1",
        [3, 3, 0, 0, 3],
    ),
    (
        "duo-v2-pages-in-envelopes.json",
        "&account=Acme",
        "duo-v2",
        [4, 4, 0, 0, 4],
    ),
    (
        "duo-v2-pages-that-overlap.json",
        "&account=Acme",
        "duo-v2",
        [4, 3, 1, 0, 3],
    ),
    ("vonage-csv-in-a-zip.zip", "", "vonage-csv", [3, 3, 0, 0, 3]),
    ("twilio-csv-good.csv", "", "twilio-csv", [2, 2, 0, 0, 2]),
    ("twilio-json-page.json", "", "twilio-json", [3, 3, 0, 0, 3]),
    (
        "twilio-json-single-objects.json",
        "",
        "twilio-json",
        [3, 3, 0, 0, 3],
    ),
    (
        "twilio-json-bulk-export.ndjson.gz",
        "",
        "twilio-json",
        [3, 3, 0, 0, 3],
    ),
    ("vonage-csv-good.csv", "", "vonage-csv", [3, 3, 0, 0, 3]),
    ("telnyx-good.json", "", "telnyx", [3, 3, 0, 0, 3]),
    ("bandwidth-good.json", "", "bandwidth", [3, 3, 0, 0, 3]),
    ("sinch-good.ndjson", "", "sinch", [4, 3, 1, 0, 3]),
    ("sinch-page.json", "", "sinch", [2, 2, 0, 0, 2]),
    ("plivo-across-midnight.json", "", "plivo", [3, 3, 0, 0, 3]),
    (
        "messagebird-fan-out.json",
        "",
        "messagebird",
        [5, 4, 0, 1, 3],
    ),
    (
        "aws-sns-log-good.ndjson",
        "&zone=UTC",
        "aws-sns-log",
        [3, 3, 0, 0, 3],
    ),
    ("aws-sns-csv-good.csv", "", "aws-sns-csv", [4, 3, 1, 0, 3]),
    (
        "aws-end-user-messaging-several-events.ndjson",
        "",
        "aws-end-user-messaging",
        [5, 4, 1, 0, 4],
    ),
    (
        "aws-pinpoint-good.ndjson",
        "",
        "aws-pinpoint",
        [3, 2, 1, 0, 2],
    ),
    ("okta-classic.json", "", "okta", [4, 3, 0, 1, 3]),
    ("okta-identity-engine.ndjson", "", "okta", [3, 3, 0, 0, 3]),
    (
        "supplier-csv-masked-numbers.csv",
        "",
        "supplier-csv",
        [3, 1, 0, 2, 1],
    ),
    (
        "supplier-csv-short-codes-and-senders.csv",
        "&region=US",
        "supplier-csv",
        [4, 1, 0, 3, 1],
    ),
];

#[test]
fn every_format_is_found_out_and_its_rows_are_counted() {
    let vault = TestVault::with("");
    for (file, asked, format, counts) in FILES {
        let case = new_case(&vault);
        let json = upload(&vault, &case, file, asked);
        assert_eq!(json["format"], format, "{file}");
        let names = ["rows", "admitted", "duplicates", "quarantined", "numbers"];
        assert_eq!(
            names.map(|name| &json[name]),
            counts.map(Value::from).each_ref(),
            "{json}"
        );
        let rejects = json["rejects"].as_array().unwrap();
        assert_eq!(rejects.len() as u64, counts[3], "{file}");
        let lines = &json["lines"];
        let skipped = lines["skipped"].as_object().unwrap().values();
        let skipped: u64 = skipped.map(|count| count.as_u64().unwrap()).sum();
        let rest =
            ["admitted", "duplicates", "quarantined"].map(|name| lines[name].as_u64().unwrap());
        let total = lines["total"].as_u64().unwrap();
        assert_eq!(rest.iter().sum::<u64>() + skipped, total, "{json}");
    }
}

#[test]
fn numbers_of_the_world_stay_what_they_are_under_an_american_region() {
    let vault = TestVault::with("");
    let case = new_case(&vault);
    let file = "supplier-csv-foreign-numbers.csv";
    let json = upload(&vault, &case, file, "&region=US");
    assert_eq!(
        (&json["admitted"], &json["numbers"]),
        (&json!(7), &json!(7))
    );
    let numbers = [
        "+4917604069001",
        "+8615400000001",
        "+390600000001",
        "+14165550101",
        "+18765550102",
        "+12425550103",
        "+447700900104",
    ];
    let path = format!("/cases/{case}/lookups");
    let found = vault.lead().post(&path, &body::look_up(&numbers));
    let found = found.assert_status(200).json();
    for result in found["results"].as_array().unwrap() {
        assert_eq!(result["state"], "exposed", "{result}");
    }
}

#[test]
fn a_person_of_two_accounts_counts_once_in_each_and_once_in_all() {
    let vault = TestVault::with("");
    let case = new_case(&vault);
    let file = "supplier-csv-two-accounts-one-number.csv";
    let json = upload(&vault, &case, file, "");
    assert_eq!(
        (&json["admitted"], &json["numbers"]),
        (&json!(3), &json!(2))
    );
    let path = format!("/cases/{case}/scope");
    let scope = vault
        .lead()
        .post(&path, &json!({ "by": ["account"], "audience": "team" }));
    let scope = scope.assert_status(200).json();
    assert_eq!(scope["totals"], json!({ "messages": 3, "numbers": 2 }));
    let rows = scope["rows"].as_array().unwrap().iter();
    let mut numbers: Vec<_> = rows.map(|row| row["numbers"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2]);
}

fn new_case(vault: &TestVault) -> String {
    let case = vault.open_case();
    vault.name_member(&case, Who::Custodian, "custodian", None);
    case
}

#[track_caller]
fn upload(vault: &TestVault, case: &str, file: &str, asked: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest");
    let bytes = std::fs::read(folder.join(file)).unwrap();
    let account = match asked.contains("account=") {
        true => "",
        false => "&account=acme",
    };
    let path = format!("/cases/{case}/exhibits?format=auto{account}{asked}");
    let answer = vault.custodian().upload(&path, &bytes).assert_status(201);
    let text = answer.text().to_lowercase();
    for cell in ["canary", "202555", "7700", "425555"] {
        assert!(!text.contains(cell), "{file}: {text}");
    }
    answer.json()
}
