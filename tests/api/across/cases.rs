//! Files of the kinds that people report against log importers (`tests/cases/logs.tsv`), each
//! through the door into a case of its own: the answer, the count, what lookups then say, and a
//! check of its own where there is one.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use breachvault::ingest::draft;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{Answer, TestVault, Who, body};

/// Budgets that these lookups do not spend.
const AMPLE: &str = "[budgets]\nlookup_points = 1000000\nlookup_points_per_month = 1000000\n\
    case_points_per_month = 1000000\nview_points = 1000000\n";

/// Wishes that are not granted yet. The list may only shrink.
const NOT_GRANTED: &[&str] = &[];

/// One line of the table.
struct Case {
    name: String,
    strict: bool,
    upload: String,
    /// The statuses that are right; empty for what is no upload.
    statuses: Vec<u16>,
    admitted: Option<u64>,
    lookups: Vec<Expected>,
    also: String,
}

/// What a lookup of a number says once the file is in.
struct Expected {
    number: String,
    state: String,
    messages: Option<u64>,
}

#[test]
fn every_strict_file_is_read_or_refused_as_it_should_be() {
    let vault = TestVault::with(AMPLE);
    let wrong: Vec<_> = cases()
        .iter()
        .filter(|case| case.strict)
        .flat_map(|case| faults(&vault, case))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_wish_is_granted_or_listed() {
    let vault = TestVault::with(AMPLE);
    let mut missed = Vec::new();
    let mut wrong = Vec::new();
    for case in cases().iter().filter(|case| !case.strict) {
        let faults = faults(&vault, case);
        match (faults.is_empty(), NOT_GRANTED.contains(&case.name.as_str())) {
            (true, true) => wrong.push(format!("{} is granted: take it off the list", case.name)),
            (false, false) => wrong.extend(faults),
            (false, true) => missed.extend(faults),
            (true, false) => {}
        }
    }
    println!("wishes that are not granted:\n{}", missed.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with how one file is answered; each line names the file.
fn faults(vault: &TestVault, case: &Case) -> Vec<String> {
    let file = fs::read(folder().join("logs").join(&case.name)).unwrap();
    let mut faults = Vec::new();
    if case.statuses.is_empty() {
        let text = draft(Box::new(std::io::Cursor::new(file)), None).unwrap_or_default();
        let line = case.also.strip_prefix("the draft has no line: ").unwrap();
        if text.is_empty() || text.lines().any(|written| written.trim() == line) {
            faults.push(format!("the draft is\n{text}"));
        }
        return named(case, faults);
    }
    let id = vault.open_case();
    vault.name_member(&id, Who::Custodian, "custodian", None);
    let answer = upload(vault, &id, &case.upload, &file);
    if !case.statuses.contains(&answer.status) {
        faults.push(format!("answered {}: {}", answer.status, answer.text()));
        return named(case, faults);
    }
    if answer.status == 201 {
        faults.extend(counted(case, &answer.json()));
        faults.extend(looked_up(vault, &id, case));
    } else {
        let json = answer.json();
        let said = ["detail", "rule"].map(|name| json[name].as_str().unwrap_or_default());
        let detail = said.concat();
        if detail.len() < 20 {
            faults.push(format!("the refusal says only {detail:?}"));
        }
    }
    faults.extend(also(vault, &id, case, &answer, &file));
    named(case, faults)
}

fn named(case: &Case, faults: Vec<String>) -> Vec<String> {
    let faults = faults.into_iter();
    faults
        .map(|fault| format!("{}: {fault}", case.name))
        .collect()
}

/// Uploads a file with the query of a case, or with the mapping that it names.
fn upload(vault: &TestVault, id: &str, query: &str, file: &[u8]) -> Answer {
    let path = format!("/api/v1/cases/{id}/exhibits");
    let custodian = vault.custodian();
    if let Some(mapping) = query.strip_prefix("mapping: ") {
        let mapping = fs::read(folder().join("logs").join(mapping)).unwrap();
        let mapping = STANDARD.encode(mapping);
        let headers = [("exhibit-mapping", mapping.as_str())];
        return custodian.send(Method::POST, &path, &headers, file);
    }
    let headers = [("content-type", "application/octet-stream")];
    custodian.send(Method::POST, &format!("{path}?{query}"), &headers, file)
}

/// Whether as many rows were admitted as should be.
fn counted(case: &Case, report: &Value) -> Option<String> {
    let right = case
        .admitted
        .is_none_or(|count| report["admitted"] == count);
    (!right).then(|| format!("admitted {} rows: {report}", report["admitted"]))
}

fn looked_up(vault: &TestVault, id: &str, case: &Case) -> Vec<String> {
    if case.lookups.is_empty() {
        return Vec::new();
    }
    let numbers = case.lookups.iter().map(|asked| asked.number.as_str());
    let numbers: Vec<_> = numbers.collect();
    let path = format!("/cases/{id}/lookups");
    let answer = vault.lead().post(&path, &body::look_up(&numbers));
    if answer.status != 200 {
        return vec![format!("lookups answered {}", answer.text())];
    }
    let answer = answer.json();
    let results = answer["results"].as_array().unwrap().iter();
    let pairs = case.lookups.iter().zip(results);
    let wrong = pairs.filter(|(asked, found)| {
        let messages = asked
            .messages
            .is_none_or(|count| found["messages"] == count);
        found["state"] != asked.state.as_str() || !messages
    });
    wrong
        .map(|(asked, found)| format!("{} should be {}, but {found}", asked.number, asked.state))
        .collect()
}

/// The further check of a case.
fn also(vault: &TestVault, id: &str, case: &Case, answer: &Answer, file: &[u8]) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(phrase) = case.also.strip_prefix("a refusal must not say: ") {
        if answer.status >= 400 && answer.text().contains(phrase) {
            faults.push(format!("the refusal says: {}", answer.text()));
        }
    } else if let Some(phrase) = case.also.strip_prefix("a refusal must say: ") {
        if answer.status >= 400 && !answer.text().contains(phrase) {
            faults.push(format!("the refusal says: {}", answer.text()));
        }
    } else if let Some(phrase) = case.also.strip_prefix("the report says: ") {
        if !answer.text().contains(phrase) {
            faults.push(format!("the report is: {}", answer.text()));
        }
    } else if let Some(account) = case.also.strip_prefix("scope by account has ") {
        let account = account.split([' ', ',']).next().unwrap();
        let asked = json!({ "by": ["account"], "audience": "team" });
        let path = format!("/cases/{id}/scope");
        let scope = vault.lead().post(&path, &asked).assert_status(200).json();
        let rows = scope["rows"].as_array().unwrap().iter();
        let accounts: Vec<_> = rows.map(|row| row["account"].clone()).collect();
        if accounts != [json!(account)] {
            faults.push(format!("the accounts are {accounts:?}"));
        }
    } else if case.also.starts_with("if 201: kinds of the two numbers") {
        let numbers = ["+13035550192", "+13035550193"];
        let path = format!("/cases/{id}/lookups");
        if answer.status == 201 {
            let found = vault.lead().post(&path, &body::look_up(&numbers));
            let found = found.assert_status(200).json();
            for result in found["results"].as_array().unwrap() {
                if result["state"] != "exposed" || result["kinds"] == json!(["sms"]) {
                    faults.push(format!("a call is {result}"));
                }
            }
        }
    } else if case.also.starts_with("the same bytes again with region=US") {
        let query = format!("{}&region=US", case.upload);
        let again = upload(vault, id, &query, file);
        if again.status != 201 || again.json()["admitted"] != 2 {
            faults.push(format!("the second time: {}", again.text()));
        }
    } else if !case.also.is_empty() {
        faults.push(format!("this check is not known: {}", case.also));
    }
    faults
}

/// The lines of the table.
fn cases() -> Vec<Case> {
    let text = fs::read_to_string(folder().join("logs.tsv")).unwrap();
    let mut table = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_reader(text.as_bytes());
    let all: Vec<_> = table.records().map(|line| case(&line.unwrap())).collect();
    assert!(all.len() > 50, "only {} cases were read", all.len());
    all
}

fn case(line: &csv::StringRecord) -> Case {
    let cell = |at: usize| line.get(at).unwrap().to_owned();
    let strict = cell(2);
    assert!(strict == "yes" || strict == "wish", "{strict}");
    let statuses = cell(4);
    let lookups = cell(6);
    Case {
        name: cell(0),
        strict: strict == "yes",
        upload: cell(3),
        statuses: match statuses.as_str() {
            "a draft" => Vec::new(),
            codes => codes.split('|').map(|code| code.parse().unwrap()).collect(),
        },
        admitted: Some(cell(5))
            .filter(|count| !count.is_empty())
            .map(|count| count.parse().unwrap()),
        lookups: lookups
            .split(';')
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(expected)
            .collect(),
        also: cell(8),
    }
}

/// Reads `+13035550101 exposed 3`.
fn expected(text: &str) -> Expected {
    let mut words = text.split(' ');
    let mut word = || words.next().map(str::to_owned);
    Expected {
        number: word().unwrap(),
        state: word().unwrap(),
        messages: word().map(|count| count.parse().unwrap()),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}
