//! Sends two numbers wherever anything can be sent, and then searches for them in everything that
//! leaves the process or stays on its disk.
//!
//! `DATA` is in the exhibit and is sent in every place that is not meant for free text. It may come
//! back only where a reveal is opened and where a package is opened with its receiver's key.
//! `WORDS` is sent where people write sentences and names. It may come back to those who may read
//! these, but never in a problem, a log, a leaf or, unsealed, on the disk.

use std::io::Write as _;
use std::path::Path;

use breachvault::evidence;
use breachvault::vault::trail::export_directory;
use memchr::memmem;
use serde_json::{Value, json};

use super::routes::{OPEN, ROWS, ask, ask_open, client, work_on};
use crate::export::{Receiver, unpack};
use crate::support::{Answer, Incident, Log, PASSWORD, Who, body, captured, csv_of};
use crate::tables::on_a_server;

const DATA: &str = "+447700900771";
const DATA_US: &str = "+12025550147";
const WORDS: &str = "+447700900883";

/// The digits that all spellings of the number share, in several encodings.
fn spellings(number: &str) -> Vec<Vec<u8>> {
    let national = number.strip_prefix("+44").unwrap_or(&number[2..]);
    let spaced = format!("{} {}", &national[..4], &national[4..]);
    let dashed = format!("{}-{}-{}", &national[..3], &national[3..6], &national[6..]);
    let listed: Vec<String> = national.bytes().map(|byte| byte.to_string()).collect();
    let hex: String = national.bytes().map(|byte| format!("{byte:02x}")).collect();
    let wide: Vec<u8> = national.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        national.as_bytes().to_vec(),
        spaced.into_bytes(),
        dashed.into_bytes(),
        listed.join(", ").into_bytes(),
        hex.into_bytes(),
        wide,
        format!("{} {} {}", &national[..3], &national[3..6], &national[6..]).into_bytes(),
    ]
}

fn holds(bytes: &[u8], number: &str) -> bool {
    let mut spellings = spellings(number).into_iter();
    spellings.any(|spelling| memmem::find(bytes, &spelling).is_some())
}

#[track_caller]
fn clean(what: &str, bytes: &[u8], numbers: &[&str]) {
    for number in numbers {
        assert!(!holds(bytes, number), "{what} holds a canary");
    }
}

/// Neither in the body nor in a header.
#[track_caller]
fn clean_answer(what: &str, answer: &Answer) {
    clean(what, &answer.body, &[DATA, DATA_US]);
    for (name, value) in &answer.headers {
        clean(
            &format!("{what}, header {name}"),
            value.as_bytes(),
            &[DATA, DATA_US, WORDS],
        );
    }
    if answer.status >= 400 {
        clean(&format!("{what}, problem"), &answer.body, &[WORDS]);
    }
}

fn incident() -> Incident {
    let at = "2024-03-10T12:00:00Z";
    let log = csv_of(&[
        ("one", DATA, at),
        ("one", DATA, "2024-03-11T12:00:00Z"),
        ("one", "+447700900001", at),
        ("two", DATA_US, at),
    ]);
    Incident::with("", Log::read_short(log))
}

/// What people write in; it is kept, sealed, and shown to those who may see it.
const FREE: [&str; 8] = [
    "reason",
    "title",
    "reference",
    "ticket",
    "legal_basis",
    "received_by",
    "account",
    "filter",
];

#[test]
fn a_number_is_found_nowhere_but_where_it_was_asked_to_be() {
    let incident = incident();
    for row in ROWS {
        bodies(&incident, row.route, row.granted);
        places(&incident, row.route, row.granted);
        for who in [Who::Outsider, Who::Liaison, Who::Auditor] {
            let asked = ask(&incident, row.route);
            if row.route != "POST /api/v1/reveals/{reveal}/open" {
                clean_answer(row.route, &asked.send(&client(&incident, row.route, who)));
            }
        }
        work_on(&incident);
    }
    signing_in(&incident);
    files(&incident);
    queries(&incident);
    let taken = on_purpose(&incident);

    // Everything an auditor may read: no data, whatever was asked.
    let leaves = incident.leaves();
    let auditor = incident.auditor();
    // Four at a time: each read waits for a leaf of its own.
    std::thread::scope(|scope| {
        for first in 0..4 {
            let auditor = &auditor;
            scope.spawn(move || {
                for leaf in (first..leaves).step_by(4) {
                    let read = auditor.get(&format!("/audit/leaves/{leaf}"));
                    let action = read.json()["leaf"]["action"].to_string();
                    clean_answer(&format!("the detail of a leaf of {action}"), &read);
                    let leaf = read.json()["leaf"].to_string();
                    clean("a leaf", leaf.as_bytes(), &[DATA, DATA_US, WORDS]);
                }
            });
        }
    });
    clean("a package", &taken, &[DATA, DATA_US, WORDS]);
    for path in ["/metrics", "/openapi.json", "/errors", "/readyz"] {
        let answer = incident
            .anonymous()
            .send("GET".parse().unwrap(), path, &[], &[]);
        clean(path, &answer.body, &[DATA, DATA_US, WORDS]);
    }

    // The disk, with the write-ahead log as it is, and the log as it is exported.
    let out = tempfile::tempdir().unwrap();
    export_directory(&incident.paths, &out.path().join("log")).unwrap();
    let mut seen = 0;
    for root in [incident.paths.root(), out.path()] {
        walk(root, &mut |path, bytes| {
            seen += 1;
            clean(&path.display().to_string(), bytes, &[DATA, DATA_US, WORDS]);
        });
    }
    assert!(
        seen > 8,
        "database, write-ahead log, keyring, package, leaves"
    );
    let journal = incident.paths.data().join("vault.db-wal");
    assert!(on_a_server() || journal.exists());

    let log = captured();
    assert!(log.contains("http.route"), "the log is kept");
    clean("the log", log.as_bytes(), &[DATA, DATA_US, WORDS]);
}

/// A file with a number in each column that is shown: one row for each spelling and column, and one that is right.
fn shifted(spellings: &[(&str, &[usize])]) -> (Vec<u8>, u64) {
    let right = [
        "one",
        "+447700900002",
        "Carrier",
        "GB",
        "",
        "",
        "sms",
        "api",
    ];
    let header = "account,number,carrier,country,state,sent_at,kind,channel";
    let mut rows = vec![header.to_owned()];
    let mut add = |cells: [&str; 8]| {
        let mut cells = cells.map(str::to_owned);
        cells[5] = format!("2024-03-13T12:00:{:02}Z", rows.len());
        rows.push(cells.join(","));
    };
    add(right);
    let mut wrong = 0;
    for (spelling, columns) in spellings {
        for column in *columns {
            let mut cells = right;
            cells[*column] = spelling;
            add(cells);
            wrong += 1;
        }
    }
    (rows.join("\n").into_bytes(), wrong)
}

#[test]
fn a_number_in_a_column_that_is_shown_is_in_no_answer() {
    let incident = incident();
    let shown: &[usize] = &[2, 3, 4, 6, 7];
    let (file, wrong) = shifted(&[
        (DATA, &[0, 2, 3, 4, 6, 7]),
        ("447700900771", shown),
        ("07700 900771", shown),
        ("0044 7700 900771", shown),
        (DATA_US, &[0, 2, 3, 4, 6, 7]),
        ("202-555-0147", &[0, 2, 3, 4, 6, 7]),
    ]);
    let admitted = incident.admit(&file).assert_status(201);
    clean_answer("the report", &admitted);
    let report = admitted.json();
    assert_eq!(
        (&report["admitted"], &report["quarantined"]),
        (&json!(1), &json!(wrong))
    );
    for reject in report["rejects"].as_array().unwrap() {
        assert_eq!(reject["kind"], "phone-number", "{reject}");
    }
    let investigator = incident.investigator();
    let records = incident.of_case("/records/search");
    let found = investigator.post(&records, &body::search(&json!({})));
    clean_answer("the records", &found.assert_status(200));
    for by in ["account", "carrier", "country", "state", "kind", "channel"] {
        let table = json!({ "audience": "team", "by": [by], "purpose": "scoping", "reason": "a table of the tests" });
        let table = investigator.post(&incident.of_case("/scope"), &table);
        clean_answer("a table", &table.assert_status(200));
    }

    // The quarantine leaves without these cells, and with those of the numbers.
    let receiver = Receiver::new();
    let exhibit = admitted.member("exhibit");
    let path = incident.of_case(&format!("/exhibits/{exhibit}/quarantine"));
    let list = body::list(&receiver.recipient);
    let list = incident
        .lead()
        .post(&path, &list)
        .assert_status(201)
        .member("quarantine");
    let yes = body::approve();
    let decided = incident
        .second_lead()
        .post(&format!("/quarantines/{list}/decision"), &yes);
    decided.assert_status(200);
    let package = incident
        .custodian()
        .get(&format!("/quarantines/{list}/package"));
    let files = unpack(&incident, &package.assert_status(200).body, &receiver);
    clean(
        "the list of the quarantine",
        &files["export.json"],
        &[DATA, DATA_US],
    );
    assert!(memmem::find(&files["export.json"], b"+447700900002").is_some());

    // A whole column of the own numbers as accounts, digits alone, is refused with its name.
    let own = "account,number,sent_at\n447700900771,+447700900771,2024-03-14T12:00:00Z\n";
    let refused = incident.admit(own.as_bytes());
    assert_eq!(
        refused.json()["at"],
        "numbers-as-accounts",
        "{}",
        refused.text()
    );
    clean_answer("a refusal", &refused);
}

fn walk(directory: &Path, with: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        clean(
            "a file's name",
            path.as_os_str().as_encoded_bytes(),
            &[DATA, DATA_US, WORDS],
        );
        if path.is_dir() {
            walk(&path, with);
        } else {
            with(&path, &std::fs::read(&path).unwrap());
        }
    }
}

/// The number in every member of a body, in its place, and in what is no JSON at all.
fn bodies(incident: &Incident, route: &str, who: Who) {
    let asked = ask(incident, route);
    let by = || client(incident, route, who);
    let send = |body: Vec<u8>, kind: &str| {
        let headers = [("content-type", kind)];
        let sent = by().try_send(asked.method.clone(), &asked.path, &headers, &body);
        if let Ok(answer) = sent {
            clean_answer(route, &answer);
        }
        if route.contains("/close") || route.contains("/hold") || route.contains("/reopen") {
            work_on(incident);
        }
    };
    let Ok(Value::Object(members)) = serde_json::from_slice(&asked.body) else {
        return;
    };
    if route == "POST /api/v1/reveals/{reveal}/open" {
        send(json!({ DATA: 1 }).to_string().into_bytes(), JSON);
        return;
    }
    for name in members.keys() {
        let canary = if FREE.contains(&name.as_str()) {
            WORDS
        } else {
            DATA
        };
        let integer: u64 = canary[1..].parse().unwrap();
        for value in [
            json!(canary),
            json!(format!("somebody calls: {canary}")),
            json!(integer),
            json!(-(integer as f64) - 0.5),
            json!([canary, integer]),
            json!({ canary: canary }),
            json!({ "country": [canary], "carrier": [canary], "kind": [canary] }),
            json!({ "subject": [canary] }),
            json!({ "sent_from": canary }),
            json!({ "newly_exposed_in": canary }),
        ] {
            let mut changed = members.clone();
            changed.insert(name.clone(), value);
            send(Value::Object(changed).to_string().into_bytes(), JSON);
        }
    }
    let mut extra = members.clone();
    extra.insert(DATA.to_owned(), json!(DATA));
    send(Value::Object(extra).to_string().into_bytes(), JSON);
    let text = String::from_utf8(asked.body.clone()).unwrap();
    for body in [
        DATA.to_owned(),
        format!("\"{DATA}\""),
        format!("[\"{DATA}\"]"),
        format!("{{\"{DATA}"),
        format!("{}{DATA}", &text[..text.len() - 1]),
        format!("{text}{DATA}"),
        format!("{{\"reason\":\"{DATA}\",\"reason\":\"{DATA}\"}}"),
        format!("{{\"reason\":\"\\u00{DATA}\"}}"),
        DATA.repeat(100_000),
    ] {
        send(body.into_bytes(), JSON);
    }
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend_from_slice(DATA.as_bytes());
    send(bytes, JSON);
    send(asked.body.clone(), "text/447700900771");
}

const JSON: &str = "application/json";

/// The number in the path, the query and the headers.
fn places(incident: &Incident, route: &str, who: Who) {
    let asked = ask(incident, route);
    let by = || client(incident, route, who);
    let send = |path: &str, headers: &[(&str, &str)]| {
        let mut all: Vec<(&str, &str)> = headers.to_vec();
        for (name, value) in &asked.headers {
            if !headers.iter().any(|(given, _)| given == name) {
                all.push((name, value));
            }
        }
        let answer = by().send(asked.method.clone(), path, &all, &asked.body);
        if route != "POST /api/v1/reveals/{reveal}/open" || answer.status != 200 {
            clean_answer(route, &answer);
        }
        work_on(incident);
    };
    if let Some((begin, rest)) = route.split_once(' ').unwrap().1.split_once("/{") {
        let rest = rest.split_once('}').unwrap().1;
        let rest = rest.replace("{operator}", "o_44770090077100000000");
        for id in [
            "+447700900771",
            "%2B447700900771",
            "447700900771",
            "c_44770090077100000000",
            "r_44770090077100000000",
            "e_44770090077100000000",
            "o_44770090077100000000",
            "%2e%2e%2f447700900771",
            "447700900771%ff",
        ] {
            send(&format!("{begin}/{id}{rest}"), &[]);
        }
        send(&format!("{begin}/447700900771/447700900771{rest}"), &[]);
    }
    send(
        &format!("{}?number=%2B447700900771&447700900771=1", asked.path),
        &[],
    );
    let not_here = "?format=447700900771&zone=447700900771&region=447700900771&map=447700900771";
    send(&format!("{}{not_here}", asked.path), &[]);
    for name in [
        "accept",
        "user-agent",
        "cookie",
        "x-request-id",
        "request-id",
        "forwarded",
        "traceparent",
    ] {
        send(&asked.path, &[(name, "tel:+447700900771")]);
    }
    let stranger = incident.anonymous().with_token("+447700900771");
    clean_answer(
        route,
        &stranger.send(asked.method.clone(), &asked.path, &[], &asked.body),
    );
    let odd = incident.anonymous().try_send(
        "X447700900771".parse().unwrap(),
        &asked.path,
        &[],
        &asked.body,
    );
    if let Ok(answer) = odd {
        clean_answer(route, &answer);
    }
}

fn signing_in(incident: &Incident) {
    for route in OPEN {
        let path = route.split_once("/api/v1").unwrap().1;
        let Value::Object(members) = ask_open(incident, route) else {
            continue;
        };
        for name in members
            .keys()
            .cloned()
            .chain(["totp".to_owned(), DATA.to_owned()])
        {
            for value in [
                json!(DATA),
                json!([DATA]),
                json!(447_700_900_771_u64),
                json!({ DATA: DATA }),
            ] {
                let mut changed = members.clone();
                changed.insert(name.clone(), value);
                clean_answer(
                    route,
                    &incident.anonymous().post(path, &Value::Object(changed)),
                );
            }
        }
        clean_answer(route, &incident.anonymous().post_text(path, DATA));
    }
    // Attempts enough to be throttled for a name that is a number.
    for _ in 0..7 {
        clean_answer("sign-in", &incident.sign_in(DATA, PASSWORD));
        clean_answer("sign-in", &incident.sign_in("n447700900771", DATA));
    }
}

/// Files that fail in every way, with the number in their cells.
fn files(incident: &Incident) {
    let custodian = incident.custodian();
    let path = incident.of_case("/exhibits");
    let good = csv_of(&[("one", DATA, "2024-03-12T12:00:00Z")]);
    let text = String::from_utf8(good.clone()).unwrap();
    let rows = text.split_once('\n').unwrap().1.to_owned();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&good).unwrap();
    let packed = packed.finish().unwrap();
    let bad_cells = csv_of(&[
        (DATA, "44770090077100000000000", "2024-03-12T12:00:00Z"),
        ("one", "canary +447700900771", "2024-03-12T12:00:00Z"),
        ("one", "4.47700900771E+11", "2024-03-12T12:00:00Z"),
        ("one", "+447700900001", "+447700900771"),
        ("one", "+447700900001", "447700900771"),
    ]);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let long = format!("{text}{}", DATA.repeat(200_000));
    let header = text.replacen("kind", "kind,+447700900771,body 447700900771", 1);
    let header = header.replace(",sms", ",sms,x,y");
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("", rows.clone().into_bytes()),
        ("?format=supplier-csv", rows.clone().into_bytes()),
        ("?format=duo-v1", good.clone()),
        ("?format=duo-v2", good.clone()),
        ("?format=twilio-csv", good.clone()),
        ("?format=447700900771", good.clone()),
        ("?zone=447700900771", good.clone()),
        ("?region=447700900771", good.clone()),
        ("?account=%00447700900771", good.clone()),
        ("?map=447700900771=number", good.clone()),
        ("?map=number=447700900771", good.clone()),
        ("?map=kind=body", good.clone()),
        ("?447700900771=1", good.clone()),
        ("", bad_cells),
        ("", packed[..packed.len() - 9].to_vec()),
        ("", text.replace(',', "\t").into_bytes()),
        ("", text.replace("+44", "\"+44").into_bytes()),
        ("", text.replace("+44", "\0+44").into_bytes()),
        ("", text.replace("+44", "\u{fffd}+44").into_bytes()),
        (
            "",
            [text.as_bytes(), &[0xff, 0xff], DATA.as_bytes()].concat(),
        ),
        ("", wide),
        ("", long.into_bytes()),
        ("", header.into_bytes()),
        ("", format!("[{{\"phone\":\"{DATA}\"").into_bytes()),
        (
            "",
            format!("{{\"response\":[{{\"phone\":\"{DATA}\",\"timestamp\":\"{DATA}\"}}]}}")
                .into_bytes(),
        ),
        (
            "?format=duo-v1&account=one",
            format!("{{\"response\":[{{\"phone\":{DATA}}}]}}").into_bytes(),
        ),
        (
            "?format=duo-v2&account=one",
            format!("{{\"items\":[{{\"phone\":\"{DATA}\",\"ts\":\"{DATA}\"}}]}}").into_bytes(),
        ),
        (
            "?format=duo-v2&account=one",
            format!("{{\"{DATA}\":[]}}").into_bytes(),
        ),
        ("", DATA.as_bytes().to_vec()),
        ("", good.clone()),
        ("", good.clone()),
        ("?account=two", packed),
    ];
    for (query, bytes) in files {
        clean_answer(
            "an upload",
            &custodian.upload(&format!("{path}{query}"), &bytes),
        );
    }
    for name in ["exhibit-name", "exhibit-source"] {
        let path = format!("/api/v1{path}");
        let named = custodian.send("POST".parse().unwrap(), &path, &[(name, WORDS)], &good);
        clean_answer(name, &named);
        let long = DATA.repeat(20);
        let long = custodian.send("POST".parse().unwrap(), &path, &[(name, &long)], &good);
        clean_answer(name, &long);
    }
    clean_answer("the exhibits", &incident.lead().get(&path));
}

/// Questions that are understood, and what they answer.
fn queries(incident: &Incident) {
    let investigator = incident.investigator();
    for number in [
        DATA,
        "07700 900771",
        "(202) 555-0147",
        "447700900771",
        "tel:+447700900771",
    ] {
        for region in [Value::Null, json!("GB"), json!("US")] {
            let mut body = body::look_up(&[number]);
            body["region"] = region;
            clean_answer(
                "a lookup",
                &investigator.post(&incident.of_case("/lookups"), &body),
            );
            clean_answer(
                "a lookup",
                &incident
                    .liaison()
                    .post(&incident.of_case("/lookups"), &body),
            );
        }
    }
    let search = investigator.post(
        &incident.of_case("/records/search"),
        &body::search(&json!({})),
    );
    assert!(search.json()["total"].as_u64().unwrap() >= 4);
    clean_answer("a search", &search);
    for by in [
        "country", "state", "carrier", "kind", "account", "channel", "day", "hour", "week",
    ] {
        let body = json!({ "by": [by], "audience": "team" });
        clean_answer(by, &investigator.post(&incident.of_case("/scope"), &body));
    }
}

/// The two ways out: here the number must be. Answers the package as it was handed out.
fn on_purpose(incident: &Incident) -> Vec<u8> {
    use age::secrecy::ExposeSecret as _;
    let reveal = incident.approved_reveal(&[incident.subject(DATA)]);
    let seen = incident.lead().get(&format!("/reveals/{reveal}"));
    clean_answer("a reveal before it is opened", &seen);
    let opened = incident
        .investigator()
        .post(&format!("/reveals/{reveal}/open"), &json!({}));
    assert!(holds(&opened.assert_status(200).body, DATA));

    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let request = body::export("evidence", &json!({}), &recipient);
    let export = incident.approved_export(&request);
    let package = incident
        .custodian()
        .get(&format!("/exports/{export}/package"));
    let package = package.assert_status(200);
    clean_answer("a package", &package);
    let directory = tempfile::tempdir().unwrap();
    let tar = directory.path().join("package.tar");
    std::fs::write(&tar, &package.body).unwrap();
    let identity = identity.to_string();
    let opened = evidence::open(
        &tar,
        identity.expose_secret(),
        &directory.path().join("out"),
    );
    let files = opened.unwrap().files;
    let whole: Vec<u8> = files
        .iter()
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(holds(&whole, DATA) && holds(&whole, DATA_US));
    package.body
}
