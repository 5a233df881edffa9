//! The answers of a lookup as CSV, which the page of the answers has in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::{Browser, Who, body, shared};

#[test]
fn the_file_has_each_answer_by_position_and_no_number() {
    let incident = shared();
    let mut numbers: Vec<&str> = incident
        .log
        .messages
        .iter()
        .take(4)
        .map(|message| message.number.as_str())
        .collect();
    numbers.extend(["+447700900999", "no number"]);
    let answers = incident.look_up(&incident.investigator(), &numbers);
    let answers = answers.assert_status(200).json();
    let browser = Browser::signed_in(incident, Who::Investigator);
    let list = numbers.join("\r\n");
    let fields = [
        ("numbers", list.as_str()),
        ("purpose", "victim-inquiry"),
        ("reason", body::REASON),
    ];
    let path = format!("/console{}", incident.of_case("/lookup"));
    let page = browser.submit(&path, &fields).assert_status(200).text();
    let (_, csv) = page.split_once("href=\"data:text/csv;base64,").unwrap();
    let csv = STANDARD.decode(csv.split_once('"').unwrap().0).unwrap();
    let text = String::from_utf8(csv.clone()).unwrap();
    for number in &numbers[..5] {
        assert!(!text.contains(&number[4..]), "{text}");
    }
    let mut rows = csv::Reader::from_reader(csv.as_slice());
    assert_eq!(rows.headers().unwrap().len(), 8);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let results = answers["results"].as_array().unwrap();
    assert_eq!(rows.len(), results.len());
    for (at, (row, result)) in rows.iter().zip(results).enumerate() {
        // A spreadsheet would change some cells; those have a mark before them.
        let cell = |at: usize| row[at].trim_start_matches('\'').to_owned();
        let member = |name: &str| match &result[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert_eq!(cell(0), (at + 1).to_string());
        for (place, name) in ["state", "why", "subject", "messages", "first", "last"]
            .into_iter()
            .enumerate()
        {
            assert_eq!(cell(place + 1), member(name), "{name} of {at}");
        }
    }
}
