//! Tables as CSV: the rows of the JSON answer, cell for cell.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::shared;

fn table(body: &Value) -> Value {
    let incident = shared();
    let answer = incident
        .investigator()
        .post(&incident.of_case("/scope"), body);
    answer.assert_status(200).json()
}

#[test]
fn the_rows_of_a_table_and_of_charts_are_to_be_had_as_csv() {
    let incident = shared();
    let client = incident.investigator();
    let path = format!("/api/v1{}", incident.of_case("/scope"));
    let ask = |body: &Value| {
        let headers = [("accept", "text/csv"), ("content-type", "application/json")];
        client.send(Method::POST, &path, &headers, body.to_string().as_bytes())
    };
    let body = json!({ "by": ["country", "kind"], "audience": "team" });
    let csv = ask(&body).assert_status(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("vary"), Some("accept"));
    assert!(csv.leaf().is_some());
    let rows = table(&body)["rows"].as_array().unwrap().clone();
    let text = csv.text();
    let mut lines = text.lines();
    let heading = r#""country","kind","numbers","messages","small""#;
    assert_eq!(lines.next(), Some(heading));
    let told: Vec<&str> = lines.collect();
    assert_eq!(told.len(), rows.len());
    for (line, row) in told.iter().zip(&rows) {
        let small = if row["small"] == true { "small" } else { "" };
        let counts = [
            row["numbers"].to_string(),
            row["messages"].to_string(),
            small.to_owned(),
        ];
        let counts = counts.map(|cell| format!("\"{cell}\""));
        assert!(line.ends_with(&counts.join(",")), "{line} {row}");
    }
    let charts = json!({ "charts": ["day", "kind"], "audience": "team" });
    let text = ask(&charts).assert_status(200).text();
    assert!(
        text.starts_with(
            "\"by\",\"value\",\"numbers\",\"messages\",\"small\"\r\n\"day\",\"'2024-03-"
        )
    );
    let of = |by: &str| {
        text.lines()
            .filter(|line| line.starts_with(&format!("\"{by}\",")))
            .count()
    };
    let told = table(&charts);
    for (at, by) in ["day", "kind"].iter().enumerate() {
        assert_eq!(of(by), told["charts"][at]["rows"].as_array().unwrap().len());
    }
    let wrong = ask(&json!({ "charts": ["number"], "audience": "team" }));
    wrong.assert_problem(422, "invalid");
}
