//! Files of no known format, admitted by a mapping that goes with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use breachvault::ingest::draft;
use serde_json::json;

use crate::support::{Answer, Empty};

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest");
    std::fs::read(folder.join(name)).unwrap()
}

fn drafted(file: &[u8]) -> String {
    draft(Box::new(std::io::Cursor::new(file.to_vec())), None).unwrap()
}

fn send(empty: &Empty, query: &str, header: &str, file: &[u8]) -> Answer {
    let path = format!("/api/v1/cases/{}/exhibits{query}", empty.case);
    let custodian = empty.vault.custodian();
    let headers = [("exhibit-mapping", header)];
    custodian.send(ureq::http::Method::POST, &path, &headers, file)
}

#[test]
fn a_draft_reads_its_file_and_is_kept_with_the_exhibit() {
    for (name, admitted) in [("mapped-local.csv", 3), ("mapped-unknown.json", 2)] {
        let empty = Empty::new();
        let file = fixture(name);
        empty.refuse("", &file, "unknown-format");
        let mapping = drafted(&file).replace("# zone", "zone");
        let answer = send(&empty, "", &STANDARD.encode(&mapping), &file).assert_status(201);
        let report = answer.json();
        assert_eq!(report["format"], "mapped", "{report}");
        assert_eq!(report["admitted"], admitted, "{report}");
        assert!(!answer.text().contains("canary"), "{report}");
        let kept = empty.exhibits()[0]["mapping"].as_str().unwrap().to_owned();
        assert!(kept.starts_with("container = "), "{kept}");
        assert!(!kept.contains('#'), "{kept}");
        // What is kept reads the same.
        let other = Empty::new();
        let again = send(&other, "", &STANDARD.encode(&kept), &file).assert_status(201);
        assert_eq!(again.json()["admitted"], admitted);
        assert_eq!(other.exhibits()[0]["mapping"], kept.as_str());
        let leaf = answer.leaf().unwrap();
        let leaf = empty.vault.auditor().get(&format!("/audit/leaves/{leaf}"));
        let digest = ring::digest::digest(&ring::digest::SHA256, kept.as_bytes());
        let said = leaf.assert_status(200).json();
        assert_eq!(
            said["detail"]["detail"]["asked"]["mapping_digest"],
            STANDARD.encode(digest),
            "{said}"
        );
    }
}

#[test]
fn an_exhibit_without_a_mapping_shows_none() {
    let empty = Empty::new();
    let file = fixture("supplier-csv-good.csv");
    empty.upload("", &file).assert_status(201);
    assert_eq!(empty.exhibits()[0].get("mapping"), None);
}

#[test]
fn a_mapping_that_is_wrong_is_refused_and_not_repeated() {
    let empty = Empty::new();
    let file = fixture("mapped-local.csv");
    let good = drafted(&file);
    for (text, kind) in [
        (
            "container = \"csv\"\n[number]\ncolumn = 447700900123\n".to_owned(),
            "mapping",
        ),
        (format!("{good}\n[digits]\ncolumn = \"x\"\n"), "mapping"),
        (
            format!("{good}\n[user]\ncolumn = \"Text\"\n"),
            "content-column",
        ),
        (
            format!("{good}\n[user]\ncolumn = \"Absent\"\n"),
            "missing-column",
        ),
        (good.replace("\"csv\"", "\"json\""), "not-this-container"),
        (good.clone(), "zone-needed"),
        (format!("{good}#{}", "x".repeat(16 << 10)), "mapping"),
    ] {
        let answer = send(&empty, "", &STANDARD.encode(&text), &file);
        let answer = answer.assert_problem(422, "unreadable");
        assert_eq!(answer.json()["at"], kind, "{}", answer.text());
        assert!(!answer.text().contains("7700900"), "{}", answer.text());
        assert!(answer.leaf().is_some());
    }
    for header in ["no base64!", "/w=="] {
        let answer = send(&empty, "", header, &file).assert_problem(422, "invalid");
        assert_eq!(answer.json()["at"], "Exhibit-Mapping");
        assert!(answer.leaf().is_some());
    }
    let said = STANDARD.encode(good.replace("# zone", "zone"));
    for query in ["?zone=UTC", "?format=duo-v1", "?map=kind%3DArt"] {
        send(&empty, query, &said, &file).assert_problem(422, "invalid");
    }
    assert_eq!(empty.exhibits(), Vec::<serde_json::Value>::new());
    assert_eq!(empty.totals(), json!({ "messages": 0, "numbers": 0 }));
}
