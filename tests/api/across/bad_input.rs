//! Files that are damaged, odd or made to hurt, through the door: what is
//! admitted of them, what is quarantined, and that nothing quotes a cell.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Empty, body};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest");
    std::fs::read(folder.join(name)).unwrap()
}

/// Line and kind of every reject in a report.
fn rejects(report: &Value) -> Vec<(u64, String)> {
    let rejects = report["rejects"].as_array().unwrap().iter();
    rejects
        .map(|reject| {
            let kind = reject["kind"].as_str().unwrap().to_owned();
            (reject["line"].as_u64().unwrap(), kind)
        })
        .collect()
}

#[test]
fn the_one_file_of_a_zip_is_admitted_and_other_zips_are_not() {
    let empty = Empty::new();
    for (name, kind) in [
        ("zip-two-files.zip", "zip-several-files"),
        ("zip-dots.zip", "zip-folder"),
        ("zip-directory.zip", "zip-empty"),
        ("zip-encrypted.zip", "zip-encrypted"),
        ("zip-bzip2.zip", "zip-method"),
        ("zip-no-file.zip", "zip-empty"),
        ("zip-part.zip", "zip-split"),
        ("zip-in-zip.zip", "packed-twice"),
        ("zip-cut-off.zip", "cut-off"),
        ("zip-other-checksum.zip", "damaged-file"),
        ("zip-more-behind.zip", "damaged-file"),
    ] {
        let answer = empty.refuse("", &fixture(name), kind);
        assert!(!answer.text().contains("canary"), "{}", answer.text());
    }
    let json = empty.upload("", &fixture("zip-deflated.zip"));
    assert_eq!(json.assert_status(201).json()["admitted"], 3);
    // Packed otherwise, or in a folder, it is another file with the same messages.
    for name in ["zip-stored.zip", "zip-folder.zip", "zip-backslash.zip"] {
        empty.upload("", &fixture(name)).assert_status(201);
        let listed = empty.exhibits().pop().unwrap();
        assert_eq!(listed["rows"], 3, "{name}");
        assert_eq!(empty.totals()["messages"], 3, "{name}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_refused_by_its_kind() {
    let empty = Empty::new();
    for (name, kind) in [
        ("empty.csv", "empty"),
        ("blank.csv", "empty"),
        ("supplier-csv-header-only.csv", "empty"),
        ("mixed-latin-1-after-utf-8.csv", "not-text"),
        ("mixed-utf-16-after-utf-8.csv", "not-text"),
        ("mixed-utf-8-after-utf-16.csv", "two-encodings"),
        ("supplier-csv-utf16-cut-off.csv", "cut-off"),
        ("supplier-csv-quote-never-closed.csv", "stray-quote"),
    ] {
        let answer = empty.refuse("", &fixture(name), kind);
        let text = answer.text().to_lowercase();
        assert!(
            !text.contains("canary") && !text.contains("202555"),
            "{text}"
        );
    }
    // The file ends within a quoted cell, and no row is after the quote.
    let whole = fixture("supplier-csv-quote-never-closed.csv");
    let quote = whole.iter().position(|byte| *byte == b'"').unwrap();
    empty.refuse("", &whole[..quote + 5], "cut-off");
    assert_eq!(empty.totals(), json!({ "messages": 0, "numbers": 0 }));
}

#[test]
fn what_is_no_number_is_quarantined_by_what_is_wrong_with_it() {
    let empty = Empty::new();
    let file = fixture("numbers-damaged-masked-and-no-numbers.csv");
    let answer = empty.upload("", &file).assert_status(201);
    let report = answer.json();
    let expected = [
        (2, "damaged"),
        (3, "damaged"),
        (4, "damaged"),
        (5, "masked"),
        (6, "masked"),
        (7, "masked"),
        (8, "not-a-number"),
        (9, "not-a-number"),
        (10, "not-a-number"),
        (11, "not-a-number"),
        (12, "not-a-number"),
        (13, "missing-number"),
        (14, "not-a-number"),
        (16, "damaged"),
        (17, "missing-number"),
        (18, "missing-number"),
    ];
    let expected = expected.map(|(line, kind)| (line, kind.to_owned()));
    assert_eq!(rejects(&report), expected);
    assert_eq!(
        (&report["admitted"], &report["numbers"]),
        (&json!(3), &json!(2)),
        "no digit is lost in line 15"
    );
    for cell in ["1.20255", "72345", "DuoMFA", "XXX", "###", "canary"] {
        assert!(!answer.text().contains(cell), "{cell}");
    }
}

#[test]
fn numbers_that_plans_hold_are_found_again_unchanged() {
    let empty = Empty::new();
    let file = fixture("numbers-of-many-countries.csv");
    let report = empty.upload("?region=DE", &file).assert_status(201).json();
    assert_eq!(report["admitted"], 7, "{report}");
    assert_eq!(report["numbers"], 6, "{report}");
    let numbers = [
        "+447700900123",
        "+390212345678",
        "+4915228817386",
        "+8613123456789",
        "+12425550142",
        "+14165550142",
        "+39212345678",
        "+495228817386",
    ];
    let path = format!("/cases/{}/lookups", empty.case);
    let answer = empty.vault.lead().post(&path, &body::look_up(&numbers));
    let states: Vec<_> = answer.assert_status(200).json()["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["state"] == "exposed")
        .collect();
    assert_eq!(states, [true, true, true, true, true, true, false, false]);
}

#[test]
fn rows_of_the_lost_and_the_doubled_hour_are_quarantined() {
    let gap = "time-does-not-exist";
    for (name, zone, expected) in [
        (
            "local-times-new-york-10-march.csv",
            "America/New_York",
            vec![(3, gap), (4, gap)],
        ),
        (
            "local-times-london-31-march.csv",
            "Europe/London",
            vec![(3, gap), (4, gap)],
        ),
        (
            "local-times-berlin-31-march.csv",
            "Europe/Berlin",
            vec![(3, gap), (4, gap), (6, "time-is-ambiguous")],
        ),
        (
            "local-times-new-york-3-november.csv",
            "America/New_York",
            vec![(3, "time-is-ambiguous")],
        ),
    ] {
        let empty = Empty::new();
        empty.refuse("", &fixture(name), "zone-needed");
        let report = empty.upload(&format!("?zone={zone}"), &fixture(name));
        let report = report.assert_status(201).json();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(line, kind)| (line, kind.to_owned()))
            .collect();
        assert_eq!(rejects(&report), expected, "{name}");
    }
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_kept_as_text_and_run_nowhere() {
    let empty = Empty::new();
    let answer = empty.upload("", &fixture("formula-cells.csv"));
    let answer = answer.assert_status(201);
    let report = answer.json();
    assert!(!answer.text().contains("HYPERLINK"), "{}", answer.text());
    // A number in a formula is no number; `="…"` is how a spreadsheet keeps a text, and is read as the text.
    let rejected: Vec<_> = rejects(&report).into_iter().map(|(line, _)| line).collect();
    assert_eq!(rejected, [3], "{report}");
    assert_eq!(report["admitted"], 4);
}

#[test]
fn bytes_of_zero_and_lines_that_end_in_returns_are_met() {
    let empty = Empty::new();
    let report = empty.upload("", &fixture("nul-bytes-in-rows.csv"));
    let report = report.assert_status(201).json();
    assert_eq!(rejects(&report), [(61, "not-printable".to_owned())]);
    let empty = Empty::new();
    let report = empty.upload("", &fixture("cr-only.csv"));
    assert_eq!(report.assert_status(201).json()["admitted"], 3);
}
