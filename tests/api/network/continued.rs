//! A download that broke off goes on, and is decided anew.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{Answer, Client, Incident, body};

fn take(client: &Client, export: &str, headers: &[(&str, &str)]) -> Answer {
    let path = format!("/api/v1/exports/{export}/package");
    client.send(Method::GET, &path, headers, &[])
}

fn approved(incident: &Incident) -> String {
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    incident.approved_export(&body::export("scope-report", &json!({}), &recipient))
}

/// The whole text of a leaf, with its detail.
fn leaf(incident: &Incident, answer: &Answer) -> String {
    let path = format!("/audit/leaves/{}", answer.leaf().unwrap());
    let leaf: Value = incident.auditor().get(&path).assert_status(200).json();
    leaf.to_string()
}

#[test]
fn a_download_goes_on_where_it_broke_off_and_its_leaf_names_the_first() {
    let incident = Incident::new();
    let (export, custodian) = (approved(&incident), incident.custodian());
    // Whoever has nothing yet gets all.
    let whole = take(&custodian, &export, &[("range", "bytes=100-")]).assert_status(200);
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let tag = whole.header("etag").unwrap().to_owned();
    let length = whole.body.len();
    let first = whole.leaf().unwrap();
    for (range, from, to) in [
        ("bytes=100-", 100, length),
        ("bytes=0-0", 0, 1),
        ("bytes=5-99", 5, 100),
        ("bytes=-10", length - 10, length),
        ("bytes=7-99999999", 7, length),
    ] {
        for headers in [
            vec![("range", range)],
            vec![("range", range), ("if-range", tag.as_str())],
        ] {
            let part = take(&custodian, &export, &headers).assert_status(206);
            assert_eq!(part.body, whole.body[from..to], "{range}");
            let said = format!("bytes {from}-{}/{length}", to - 1);
            assert_eq!(part.header("content-range"), Some(said.as_str()));
            assert_eq!(part.header("etag"), Some(tag.as_str()));
            let leaf = leaf(&incident, &part);
            assert!(leaf.contains("export.package"), "{leaf}");
            assert!(leaf.contains(&format!("\"continues\":{first}")), "{leaf}");
        }
    }
    // Another package, a date, a weak tag, several parts: all of it.
    for headers in [
        vec![("range", "bytes=5-"), ("if-range", "\"another\"")],
        vec![
            ("range", "bytes=5-"),
            ("if-range", "Mon, 01 Apr 2024 00:00:00 GMT"),
        ],
        vec![("range", "bytes=0-1,5-6")],
        vec![("range", "lines=1-2")],
    ] {
        let again = take(&custodian, &export, &headers).assert_status(200);
        assert_eq!(again.body, whole.body, "{headers:?}");
    }
    let beyond = format!("bytes={length}-");
    let refused = take(&custodian, &export, &[("range", &beyond)]);
    let said = format!("bytes */{length}");
    assert_eq!(refused.header("content-range"), Some(said.as_str()));
    refused.assert_problem(416, "range-not-satisfiable");
}

#[test]
fn a_download_goes_on_only_while_its_taker_may_take_it() {
    let incident = Incident::new();
    let (export, custodian) = (approved(&incident), incident.custodian());
    let range = [("range", "bytes=10-")];
    let whole = take(&custodian, &export, &[]).assert_status(200);
    take(&incident.investigator(), &export, &range).assert_problem(403, "not-allowed");
    take(&incident.outsider(), &export, &range).assert_problem(404, "not-found");
    take(&incident.anonymous(), &export, &range).assert_problem(401, "unauthenticated");
    let json = custodian.get(&format!("/exports/{export}")).json();
    let digest = json["tagmanifest_sha256"].as_str().unwrap();
    assert_eq!(whole.header("etag"), Some(format!("\"{digest}\"").as_str()));
    let body = json!({
        "tagmanifest_sha256": digest, "received_by": "the regulator", "reason": body::REASON,
    });
    let file = incident.paths.packages().join(format!("{export}.tar"));
    assert!(file.exists());
    let path = format!("/exports/{export}/acknowledgement");
    let answer = custodian.post(&path, &body).assert_status(200);
    assert_eq!(answer.json()["package_deleted"], true);
    assert!(!file.exists(), "an acknowledged package is still there");
    take(&custodian, &export, &range).assert_problem(409, "wrong-state");
}

#[test]
fn a_package_is_kept_for_thirty_days_and_no_longer() {
    let incident = Incident::with(
        "[sessions]\nexport_hours = 8000\n",
        crate::support::invented(300, 11),
    );
    let export = approved(&incident);
    take(&incident.custodian(), &export, &[]).assert_status(200);
    incident.clock.advance_seconds(30 * 86_400 - 5);
    incident.forget_sessions();
    take(&incident.custodian(), &export, &[]).assert_status(200);
    incident.clock.advance_seconds(10);
    incident.forget_sessions();
    take(&incident.custodian(), &export, &[]).assert_problem(410, "package-deleted");
}
