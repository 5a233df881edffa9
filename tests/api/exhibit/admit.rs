//! Files that are admitted, and files that are not.

use std::io::Write as _;
use std::time::{Duration, Instant};

use breachvault::domain::Format;
use breachvault::synthesis::{FORMATS, Recipe, write};
use serde_json::json;

use crate::support::{Empty, Incident, TestVault, Wire, csv_of, fresh_csv, invented, shared};

fn made_up(format: Format, rows: u64) -> Vec<u8> {
    let recipe = Recipe {
        rows,
        seed: 5,
        format,
        people: None,
    };
    let mut bytes = Vec::new();
    write(&recipe, &mut bytes, &mut |_| {}).unwrap();
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_format_is_recognised_and_admitted_with_the_same_people_in_it() {
    for format in FORMATS {
        let empty = Empty::new();
        let bytes = made_up(format, 400);
        let answer = empty.upload("?format=auto&account=acme&zone=UTC", &bytes);
        let json = answer.assert_status(201).json();
        assert_eq!(json["format"], format.as_str());
        assert_eq!(json["rows"], 400, "{}", format.as_str());
        assert_eq!(json["admitted"], 400, "{json}");
        assert_eq!(json["quarantined"], 0);
        assert_eq!(json["numbers"], 56);
        assert_eq!(empty.totals(), json!({ "messages": 400, "numbers": 56 }));
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
        use base64::Engine as _;
        let digest = base64::engine::general_purpose::STANDARD.encode(digest);
        assert_eq!(json["digest"], digest);
        assert_eq!(empty.exhibits()[0]["exhibit"], json["exhibit"]);
        let named = empty.vault.custodian();
        let path = format!(
            "/cases/{}/exhibits?format={}&zone=UTC&account=x",
            empty.case,
            format.as_str()
        );
        named
            .upload(&path, &bytes)
            .assert_problem(409, "already-admitted");
    }
}

#[test]
fn a_packed_file_a_mark_and_other_line_ends_change_nothing() {
    let csv = made_up(Format::SupplierCsv, 50);
    let text = String::from_utf8(csv.clone()).unwrap();
    let mut marked = vec![0xef, 0xbb, 0xbf];
    marked.extend_from_slice(&csv);
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    for bytes in [
        gzip(&csv),
        marked,
        utf16,
        text.replace('\n', "\r\n").into_bytes(),
        text.replace(',', ";").into_bytes(),
    ] {
        let empty = Empty::new();
        let json = empty.upload("", &bytes).assert_status(201).json();
        assert_eq!(json["admitted"], 50, "{json}");
    }
}

#[test]
fn a_file_that_is_not_what_it_should_be_is_refused_by_its_kind() {
    let empty = Empty::new();
    let csv = String::from_utf8(csv_of(&[("a", "+447700900001", "2024-03-01T00:00:00Z")])).unwrap();
    let rows = csv.split_once('\n').unwrap().1;
    empty.refuse("", b"", "empty");
    empty.refuse("?format=supplier-csv", b"", "empty");
    for (bytes, query) in [
        (rows.as_bytes(), "?format=supplier-csv"),
        (csv.as_bytes(), "?format=duo-v1"),
        (csv.as_bytes(), "?format=duo-v2"),
        (csv.as_bytes(), "?format=twilio-csv"),
        (b"{\"+447700900123\":1}".as_slice(), "?format=supplier-csv"),
        (b"%PDF-1.7 +447700900123".as_slice(), ""),
        (&[0_u8, 159, 146, 150, 7][..], ""),
        (b"PK\x03\x04+447700900123".as_slice(), ""),
        (b"number;time\n".as_slice(), ""),
    ] {
        let answer = empty.upload(query, bytes);
        let answer = answer.assert_problem(422, "unreadable");
        assert!(!answer.text().contains("7700900"), "{}", answer.text());
        assert_eq!(empty.exhibits().len(), 0);
    }
}

#[test]
fn a_column_of_content_is_never_mapped() {
    let empty = Empty::new();
    let csv = b"account,number,body,country,sent_at,kind,carrier\n\
        a,+447700900001,your code is 123456,GB,2024-03-01T00:00:00Z,sms,C\n";
    for map in ["kind%3Dbody", "user%3Dmessage_body", "channel=content"] {
        empty.refuse(&format!("?map={map}"), csv, "content-column");
    }
    // Not mapped, it is dropped, and the report says so.
    let json = empty.upload("", csv).assert_status(201).json();
    assert_eq!(json["dropped_columns"], json!(["body"]));
    assert_eq!(json["admitted"], 1);
}

#[test]
fn columns_of_other_names_are_mapped() {
    let empty = Empty::new();
    let csv = b"Kunde,Ziel,Land,Uhrzeit,Art,Netz\na,+447700900001,GB,2024-03-01T00:00:00Z,sms,C\n";
    let query = "?format=supplier-csv&map=account%3DKunde&map=number%3DZiel&map=country%3DLand\
        &map=sent_at%3DUhrzeit&map=kind%3DArt&map=carrier%3DNetz";
    let json = empty.upload(query, csv).assert_status(201).json();
    assert_eq!(json["admitted"], 1, "{json}");
    for query in [
        "?map=nofield%3DZiel",
        "?map=Ziel",
        "?format=excel",
        "?zone=Mars/Olympus",
        "?region=ZZZ",
    ] {
        let answer = empty.upload(query, csv);
        assert!(
            [400, 422].contains(&answer.status),
            "{query}: {}",
            answer.text()
        );
    }
}

#[test]
fn bad_rows_are_reported_by_line_column_and_kind_and_never_by_cell() {
    let mut rows = vec![(
        "acme",
        "+447700900001".to_owned(),
        "2024-03-01T00:00:00Z".to_owned(),
    )];
    for no in 1..1000 {
        let mut number = format!("+4477009{no:05}");
        let mut time = format!("2024-03-01T00:{:02}:{:02}Z", no / 60 % 60, no % 60);
        match no {
            100 => number = "1.20255E+10".to_owned(),
            200 => number = "4477+00900999".to_owned(),
            300 => number = String::new(),
            400 => number = "canary-7700900".to_owned(),
            500 => time = "yesterday 7700900".to_owned(),
            600 => time = "2024-13-01T00:00:00Z".to_owned(),
            700 => time = String::new(),
            800 => number = "+44".to_owned(),
            900 => number = "+4477009XXXXX".to_owned(),
            950 => number = "0".to_owned(),
            _ => {}
        }
        rows.push(("acme", number, time));
    }
    let rows: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|(a, n, t)| (*a, n.as_str(), t.as_str()))
        .collect();
    let empty = Empty::new();
    let answer = empty.upload("", &csv_of(&rows)).assert_status(201);
    let json = answer.json();
    assert_eq!(json["rows"], 1000);
    assert_eq!(json["quarantined"], 10, "{json}");
    assert_eq!(json["admitted"], 990);
    let rejects = json["rejects"].as_array().unwrap();
    let lines: Vec<u64> = rejects
        .iter()
        .map(|reject| reject["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [102, 202, 302, 402, 502, 602, 702, 802, 902, 952]);
    for reject in rejects {
        let column = reject["column"].as_str().unwrap();
        assert!(["number", "sent_at"].contains(&column), "{reject}");
        assert!(reject["kind"].as_str().unwrap().len() > 3);
    }
    let text = answer.text();
    for cell in ["1.20255", "canary", "7700900", "yesterday", "XXXXX"] {
        assert!(!text.contains(cell), "{cell} in {text}");
    }
}

#[test]
fn times_without_a_zone_are_never_guessed() {
    let empty = Empty::new();
    let naive = csv_of(&[("a", "+447700900001", "2024-03-10 02:30:00")]);
    let answer = empty.upload("", &naive);
    assert_eq!(answer.json()["at"], "zone-needed");
    // There was no such minute in New York, and there was in Berlin.
    let empty = Empty::new();
    let json = empty
        .upload("?zone=America/New_York", &naive)
        .assert_problem(422, "not-admitted")
        .json();
    assert_eq!(json["report"]["quarantined"], 1, "{json}");
    let empty = Empty::new();
    let json = empty
        .upload("?zone=Europe/Berlin", &naive)
        .assert_status(201)
        .json();
    assert_eq!(json["admitted"], 1);
    let path = format!("/cases/{}/records/search", empty.case);
    let page = empty
        .vault
        .lead()
        .post(&path, &crate::support::body::search(&json!({})));
    assert_eq!(page.json()["records"][0]["sent_at"], "2024-03-10T01:30:00Z");
}

#[test]
fn every_line_is_accounted_for_in_the_report() {
    let csv = "\u{feff}Report\naccount,number,carrier,country,state,sent_at,kind\n\
        a,+447700900001,C,GB,,2024-03-01T00:00:00Z,sms\n\
        a,+447700900001,C,GB,,2024-03-01T00:00:00Z,sms\n\
        \n\
        a,+447700900002,\"C\nD\",GB,,2024-03-01T00:00:00Z,sms\n\
        a,+447700900003,C,Atlantis,,2024-03-01T00:00:00Z,sms\n\
        a,not a number,C,GB,,2024-03-01T00:00:00Z,sms\r\
        account,number,carrier,country,state,sent_at,kind\n\
        Total,5";
    let empty = Empty::new();
    let json = empty.upload("", csv.as_bytes()).assert_status(201).json();
    let expected = json!({
        "total": 11,
        "admitted": 2,
        "duplicates": 1,
        "quarantined": 3,
        "skipped": { "preamble": 1, "header": 1, "repeated-header": 1, "blank": 1, "total": 1 },
        "skipped_records": {},
    });
    assert_eq!(json["lines"], expected, "{json}");
    assert_eq!(json["unknown_countries"], 1);
    assert_eq!(json["rows"], 5);
}

#[test]
fn a_stray_quote_refuses_a_file_that_can_be_sent_again_without_quoting() {
    let csv = String::from_utf8(made_up(Format::SupplierCsv, 50)).unwrap();
    let stray: Vec<_> = csv
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            9 | 30 => format!("\"{line}"),
            _ => line.to_owned(),
        })
        .collect();
    let stray = stray.join("\n");
    let empty = Empty::new();
    let refused = empty.refuse("", stray.as_bytes(), "stray-quote");
    let detail = refused.text();
    assert!(
        detail.contains("line 10") && detail.contains("quotes=none"),
        "{detail}"
    );
    let json = empty.upload("?quotes=none", stray.as_bytes());
    let json = json.assert_status(201).json();
    assert_eq!(json["admitted"], 50, "{json}");
    let empty = Empty::new();
    for query in ["?quotes=some", "?sheet="] {
        let answer = empty.upload(query, csv.as_bytes());
        answer.assert_problem(422, "invalid");
    }
    empty.refuse("?sheet=First", csv.as_bytes(), "not-a-workbook");
}

#[test]
fn a_bomb_is_put_out() {
    let empty = Empty::new();
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(b"account,number,carrier,country,state,sent_at,kind\n")
        .unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..200 {
        bomb.write_all(&zeros).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let started = Instant::now();
    let answer = empty.upload("", &bomb).assert_problem(422, "unreadable");
    let kind = answer.json()["at"].as_str().unwrap().to_owned();
    assert!(
        ["bomb", "record-too-long"].contains(&kind.as_str()),
        "{kind}"
    );
    assert!(started.elapsed() < Duration::from_secs(20));
    let mut rows = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    rows.write_all(b"account,number,carrier,country,state,sent_at,kind\n")
        .unwrap();
    let lines = b",,,,,,\n".repeat(1 << 17);
    for _ in 0..200 {
        rows.write_all(&lines).unwrap();
    }
    empty.refuse("", &rows.finish().unwrap(), "bomb");
    empty.upload("", &fresh_csv()).assert_status(201);
}

#[test]
fn a_file_that_was_cut_off_is_not_admitted_in_part() {
    let empty = Empty::new();
    let csv = made_up(Format::SupplierCsv, 5000);
    let packed = gzip(&csv);
    empty.refuse("", &packed[..packed.len() / 2], "cut-off");
    let json = made_up(Format::DuoV1, 500);
    let answer = empty.upload("?account=acme", &json[..json.len() / 2]);
    let answer = answer.assert_problem(422, "unreadable");
    assert!(!answer.text().contains("+1"));
    assert_eq!(empty.exhibits().len(), 0);
    assert_eq!(empty.totals()["messages"], 0);
    empty.upload("", &csv).assert_status(201);
    assert_eq!(empty.totals()["messages"], 5000);
}

#[test]
fn a_file_that_is_sent_twice_is_known_by_its_digest() {
    let empty = Empty::new();
    let csv = made_up(Format::SupplierCsv, 100);
    let first = empty.upload("", &csv).assert_status(201).member("exhibit");
    let again = empty
        .upload("", &csv)
        .assert_problem(409, "already-admitted");
    assert_eq!(again.json()["exhibit"], first.as_str());
    assert_eq!(empty.totals()["messages"], 100);
    // The same messages in another file are duplicates. Who admits it is told of those within the file.
    let mut longer = csv.clone();
    longer.extend_from_slice(&csv[csv.iter().position(|b| *b == b'\n').unwrap() + 1..]);
    let json = empty.upload("", &longer).assert_status(201).json();
    assert_eq!(
        (&json["admitted"], &json["duplicates"]),
        (&json!(100), &json!(100))
    );
    // So is everybody else.
    let seen = empty.exhibits().pop().unwrap();
    assert_eq!(
        (&seen["admitted"], &seen["duplicates"]),
        (&json!(100), &json!(100))
    );
    assert_eq!(empty.totals()["messages"], 100);
}

/// The head of an upload that will be sent in pieces.
fn head(empty: &Empty, length: usize) -> String {
    format!(
        "POST /api/v1/cases/{}/exhibits HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n",
        empty.case,
        empty.vault.custodian().token()
    )
}

/// Waits until an admission has begun or ended, told by the log.
fn wait_for(vault: &TestVault, action: &str, count: usize) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let body = json!({ "action": action });
        let found = vault.auditor().post("/audit/leaves/search", &body).json();
        if found["leaves"].as_array().unwrap().len() >= count {
            return;
        }
        assert!(Instant::now() < until, "{action} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn one_exhibit_of_a_case_is_admitted_at_a_time() {
    let empty = Empty::new();
    let csv = made_up(Format::SupplierCsv, 100);
    let mut slow = Wire::to(&empty.vault);
    slow.send(head(&empty, csv.len()).as_bytes());
    slow.send(&csv[..200]);
    wait_for(&empty.vault, "exhibit.begin", 1);
    empty
        .upload("", &fresh_csv())
        .assert_problem(409, "admission-in-progress");
    slow.send(&csv[200..]);
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    empty.upload("", &fresh_csv()).assert_status(201);
    assert_eq!(empty.totals()["messages"], 101);
}

#[test]
fn a_client_that_goes_away_leaves_nothing() {
    let empty = Empty::new();
    let csv = made_up(Format::SupplierCsv, 3000);
    let mut gone = Wire::to(&empty.vault);
    gone.send(head(&empty, csv.len()).as_bytes());
    gone.send(&csv[..csv.len() / 2]);
    wait_for(&empty.vault, "exhibit.begin", 1);
    gone.vanish();
    wait_for(&empty.vault, "exhibit.abandon", 1);
    assert_eq!(empty.exhibits().len(), 0);
    assert_eq!(empty.totals(), json!({ "messages": 0, "numbers": 0 }));
    let json = empty.upload("", &csv).assert_status(201).json();
    assert_eq!(json["admitted"], 3000);
    assert_eq!(empty.totals()["messages"], 3000);
}

#[test]
fn what_ends_the_right_to_admit_ends_the_admission_and_nothing_stays() {
    for end in ["close", "sign-out"] {
        let empty = Empty::new();
        let csv = made_up(Format::SupplierCsv, 500);
        let mut slow = Wire::to(&empty.vault);
        slow.send(head(&empty, csv.len()).as_bytes());
        slow.send(&csv[..csv.len() / 2]);
        wait_for(&empty.vault, "exhibit.begin", 1);
        if end == "close" {
            empty.vault.move_by_two(&empty.case, "close");
        } else {
            let custodian = empty.vault.custodian();
            custodian.delete("/sessions/current").assert_status(200);
        }
        slow.send(&csv[csv.len() / 2..]);
        let answer = slow.read_all();
        let status = if end == "close" { "409" } else { "401" };
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        if end == "close" {
            empty.vault.work_on(&empty.case);
        } else {
            empty.vault.forget_sessions();
        }
        assert_eq!(empty.exhibits().len(), 0);
        empty.upload("", &csv).assert_status(201);
        assert_eq!(empty.totals()["messages"], 500);
    }
}

#[test]
fn a_file_that_is_too_large_is_stopped() {
    let empty = Empty::with("[limits]\nupload_bytes = 10000\n");
    let csv = made_up(Format::SupplierCsv, 200);
    assert!(csv.len() > 10_000);
    let mut wire = Wire::to(&empty.vault);
    wire.send(head(&empty, csv.len()).as_bytes());
    let answer = wire.read_all();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("audit-leaf"), "{answer}");
    // The same without saying how long it is.
    let mut wire = Wire::to(&empty.vault);
    let said = format!("Content-Length: {}", csv.len());
    let chunked = head(&empty, csv.len()).replace(&said, "Transfer-Encoding: chunked");
    wire.send(chunked.as_bytes());
    wire.send(format!("{:x}\r\n", csv.len()).as_bytes());
    wire.send(&csv);
    wire.send(b"\r\n0\r\n\r\n");
    let answer = wire.read_all();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(empty.exhibits().len(), 0);
    empty.upload("", &fresh_csv()).assert_status(201);
}

#[test]
fn name_and_source_are_kept_and_a_wrong_one_is_named() {
    let empty = Empty::new();
    let path = format!("/api/v1/cases/{}/exhibits", empty.case);
    let send = |headers: &[(&str, &str)], query: &str| {
        let path = format!("{path}{query}");
        let client = empty.vault.custodian();
        client.send(ureq::http::Method::POST, &path, headers, &fresh_csv())
    };
    send(
        &[
            ("exhibit-name", "march.csv"),
            ("exhibit-source", "the supplier's mail of 1 April"),
        ],
        "",
    )
    .assert_status(201);
    assert_eq!(empty.exhibits()[0]["name"], "march.csv");
    assert_eq!(
        empty.exhibits()[0]["source"],
        "the supplier's mail of 1 April"
    );
    let long = "x".repeat(201);
    let answer = send(&[("exhibit-name", &long)], "").assert_problem(422, "invalid");
    assert_eq!(answer.json()["at"], "Exhibit-Name");
    send(&[], "?number=%2B447700900123").assert_problem(400, "malformed-query");
    send(&[], "?zone=%zz").assert_problem(400, "malformed-query");
}

#[test]
fn numbers_that_come_again_in_another_exhibit_are_the_same_subjects() {
    let incident = Incident::with("", invented(200, 9));
    let before = incident.subject(&incident.log.messages[0].number);
    let total = |incident: &Incident| {
        let body = json!({ "by": [], "audience": "team" });
        incident
            .lead()
            .post(&incident.of_case("/scope"), &body)
            .json()["totals"]
            .clone()
    };
    let more = invented(200, 10);
    incident.admit(&more.csv).assert_status(201);
    let mut all: Vec<&str> = incident.log.numbers_of(|_| true).into_iter().collect();
    all.extend(more.numbers_of(|_| true));
    all.sort_unstable();
    all.dedup();
    assert_eq!(
        total(&incident),
        json!({ "messages": 400, "numbers": all.len() })
    );
    assert_eq!(incident.subject(&incident.log.messages[0].number), before);
}

#[test]
fn only_a_custodian_admits() {
    let incident = shared();
    for (client, status) in [
        (incident.lead(), 403),
        (incident.investigator(), 403),
        (incident.liaison(), 403),
        (incident.outsider(), 404),
        (incident.administrator(), 404),
        (incident.anonymous(), 401),
    ] {
        let answer = client.upload(&incident.of_case("/exhibits"), &fresh_csv());
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}
