//! Who may not send a body is told so before the body is waited for, and sees the problem.

use std::io::Write as _;
use std::process::Command;

use serde_json::Value;

use crate::outside;
use crate::support::{Incident, Wire, body, invented};

const TIMES: usize = 20;

/// The head of a request that waits to be told to send its body.
fn expecting(path: &str, token: &str, length: usize) -> String {
    format!(
        "POST /api/v1{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\nexpect: 100-continue\r\n\r\n"
    )
}

#[test]
fn nobody_without_the_right_is_told_to_send_a_body() {
    let incident = Incident::new();
    let exhibits = incident.of_case("/exhibits");
    let lookups = incident.of_case("/lookups");
    let investigator = incident.investigator().token().to_owned();
    let outsider = incident.outsider().token().to_owned();
    let auditor = incident.auditor().token().to_owned();
    for (path, token, status, leaf) in [
        (exhibits.as_str(), investigator.as_str(), "403", true),
        (&exhibits, &outsider, "404", true),
        (&exhibits, "nobody", "401", false),
        (&lookups, &auditor, "404", true),
        (&lookups, &outsider, "404", true),
        (&lookups, "nobody", "401", false),
        ("/operators", &investigator, "403", true),
        (
            "/cases/c_00000000000000000000/exhibits",
            &investigator,
            "404",
            true,
        ),
        ("/nothing", &investigator, "404", false),
        ("/me", &investigator, "405", false),
    ] {
        for length in [200, 5 << 30] {
            let mut wire = Wire::to(&incident);
            wire.send(expecting(path, token, length).as_bytes());
            let said = String::from_utf8_lossy(&wire.read_some()).into_owned();
            let begins = format!("HTTP/1.1 {status}");
            assert!(said.starts_with(&begins), "{path} {length}: {said}");
            assert_eq!(said.contains("audit-leaf: "), leaf, "{path}: {said}");
            assert!(said.contains("application/problem+json"), "{said}");
        }
    }
}

#[test]
fn who_has_the_right_is_told_to_send_the_body() {
    let incident = Incident::new();
    let csv = b"account,number\r\n";
    let (path, lookups) = (incident.of_case("/exhibits"), incident.of_case("/lookups"));
    let number = incident.log.messages[0].number.clone();
    let json = body::look_up(&[&number]).to_string();
    for (path, token, bytes) in [
        (
            path.as_str(),
            incident.custodian().token().to_owned(),
            &csv[..],
        ),
        (
            &lookups,
            incident.investigator().token().to_owned(),
            json.as_bytes(),
        ),
    ] {
        let mut wire = Wire::to(&incident);
        wire.send(expecting(path, &token, bytes.len()).as_bytes());
        let said = String::from_utf8_lossy(&wire.read_some()).into_owned();
        assert!(said.starts_with("HTTP/1.1 100"), "{path}: {said}");
        wire.send(bytes);
        let said = String::from_utf8_lossy(&wire.read_some()).into_owned();
        assert!(said.contains("audit-leaf: "), "{path}: {said}");
    }
}

#[test]
fn who_has_no_right_is_not_waited_for() {
    let incident = Incident::new();
    let token = incident.auditor().token().to_owned();
    let path = incident.of_case("/lookups");
    // Half of a small body, and no more of a large one: the answer comes all the same.
    for (length, sent) in [(900, "{\"numbers\":"), (1_000_000, "{")] {
        let mut wire = Wire::to(&incident);
        let head = expecting(&path, &token, length).replace("expect: 100-continue\r\n", "");
        wire.send(format!("{head}{sent}").as_bytes());
        let said = String::from_utf8_lossy(&wire.read_some()).into_owned();
        assert!(said.starts_with("HTTP/1.1 404"), "{said}");
    }
}

/// A file larger than what fits between two machines.
fn large(bytes: usize) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let line = b"acme,+447700900123,2024-03-10T12:00:00Z,sms\n";
    for _ in 0..bytes / line.len() {
        file.write_all(line).unwrap();
    }
    file.flush().unwrap();
    file
}

/// Uploads with the real `curl`, and reads what it shows: status, HTTP version, problem.
fn curl(incident: &Incident, http: &str, token: &str, file: &str) -> Option<(String, Value)> {
    let url = format!(
        "https://localhost:{}/api/v1{}",
        incident.address.port(),
        incident.of_case("/exhibits")
    );
    let ca = incident.paths.keys().join("ca.crt");
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--show-error", http, "--cacert"])
        .arg(ca)
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--write-out", "\n%{http_code} %{http_version}"])
        .args(["--data-binary", &format!("@{file}"), &url]);
    let output = outside::run(&mut command)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{http}: {wrong}{said}");
    let (problem, status) = said.rsplit_once('\n').unwrap();
    let problem = serde_json::from_str(problem).unwrap_or_else(|_| panic!("{http}: {said}"));
    Some((status.to_owned(), problem))
}

fn curl_sees_the_problem(http: &str, version: &str, bytes: usize, times: usize) {
    let incident = Incident::with("", invented(10, 3));
    let file = large(bytes);
    let file = file.path().to_str().unwrap();
    let token = incident.investigator().token().to_owned();
    for _ in 0..times {
        for (token, status) in [(token.as_str(), 403), ("nobody", 401)] {
            let Some((said, problem)) = curl(&incident, http, token, file) else {
                return;
            };
            assert_eq!(said, format!("{status} {version}"));
            assert_eq!(problem["status"], status);
        }
    }
}

#[test]
fn curl_sees_why_its_upload_is_refused_over_http_2() {
    curl_sees_the_problem("--http2", "2", 8 << 20, TIMES);
}

#[test]
fn curl_sees_why_its_upload_is_refused_over_http_1() {
    curl_sees_the_problem("--http1.1", "1.1", 8 << 20, TIMES);
}

#[test]
fn curl_sees_why_a_huge_upload_is_refused() {
    curl_sees_the_problem("--http2", "2", 100 << 20, 3);
    curl_sees_the_problem("--http1.1", "1.1", 100 << 20, 3);
}

#[test]
fn python_sees_why_its_upload_is_refused() {
    const PROGRAM: &str = "
import http.client, json, ssl, sys
port, ca, path, token = sys.argv[1:]
for _ in range(20):
    tls = ssl.create_default_context(cafile=ca)
    connection = http.client.HTTPSConnection('localhost', int(port), context=tls)
    connection.request('POST', path, b'x' * (8 << 20), {'Authorization': 'Bearer ' + token})
    answer = connection.getresponse()
    assert answer.status == 403, answer.status
    assert json.load(answer)['type'] == '/errors#not-allowed'
    # The connection is good for more.
    connection.request('GET', '/healthz')
    assert connection.getresponse().read() == b'up\\n'
";
    let incident = Incident::with("", invented(10, 3));
    let mut command = Command::new("python3");
    command
        .args(["-c", PROGRAM, &incident.address.port().to_string()])
        .arg(incident.paths.keys().join("ca.crt"))
        .arg(format!("/api/v1{}", incident.of_case("/exhibits")))
        .arg(incident.investigator().token());
    if let Some(output) = outside::run(&mut command) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}
