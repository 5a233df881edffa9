//! Hundreds of clients that stop in the middle of the headers, of the body, or of reading their
//! answer. Meanwhile everybody else is served, and their own connections end.

use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Incident, TestVault, Wire, invented};

fn count(vault: &TestVault, name: &str) -> u64 {
    let metrics = vault.anonymous().get("/metrics").assert_status(200).text();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(&format!("breachvault_{name} ")));
    line.unwrap().parse().unwrap()
}

#[test]
fn hundreds_of_slow_clients_hold_up_nobody_and_are_let_go() {
    let toml = "[limits]\nheader_s = 8\nrequest_s = 8\n";
    let incident = Incident::with(toml, invented(300, 11));
    let token = incident.investigator().token().to_owned();
    let auditor = incident.auditor().token().to_owned();
    let path = incident.of_case("/lookups");
    let begun = Instant::now();
    let mut slow = Vec::new();
    for no in 0..300 {
        let mut wire = Wire::to(&incident);
        match (no % 6, no % 30) {
            // Nothing at all; the beginning of what could be HTTP/2; half of the headers.
            (0, _) => wire.send(b""),
            (1, _) => wire.send(b"PRI * HT"),
            (2, _) => wire.send(b"POST /api/v1/sessions HTTP/1.1\r\nhost: localhost\r\nx-a: "),
            // Half of a body, by somebody who is signed in.
            (3, _) => wire.send(
                format!(
                    "POST /api/v1{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
                     content-type: application/json\r\ncontent-length: 900\r\n\r\n{{\"numbers\":"
                )
                .as_bytes(),
            ),
            // Answers that nobody reads: an auditor's, and many large ones.
            (_, 5) => {
                let one = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n";
                wire.send(one.repeat(400).as_bytes());
            }
            _ => wire.send(
                "POST /api/v1/audit/leaves/search HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer AUDITOR\r\n\
                 content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
                    .replace("AUDITOR", &auditor)
                    .as_bytes(),
            ),
        }
        slow.push(wire);
    }
    let number = incident.log.messages[0].number.as_str();
    for client in [incident.investigator(), incident.lead()] {
        let answer = incident.look_up(&client, &[number]).assert_status(200);
        assert_eq!(answer.json()["results"][0]["state"], "exposed");
    }
    // The ledger goes on too: what writes is not held up by who does not read.
    incident
        .auditor()
        .get("/audit/checkpoint")
        .assert_status(200);
    let _ = incident.open_case();
    // They are all let go in time, and the places are free again.
    while count(&incident, "stalled_connections_total") < 55 {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "{} were let go",
            count(&incident, "stalled_connections_total")
        );
        thread::sleep(Duration::from_millis(100));
    }
    let half_a_body = slow[3].read_all();
    assert!(
        half_a_body.starts_with("HTTP/1.1 408") && half_a_body.contains("audit-leaf: "),
        "{half_a_body}"
    );
    let headers = slow[2].read_all();
    assert!(!headers.contains("HTTP/1.1 200"), "{headers}");
    assert!(slow[4].read_all().starts_with("HTTP/1.1 200"));
}
