//! Attacks on the pages, by people with a session and by links that they follow.

use crate::support::{Browser, Incident, Who, Wire};

const SESSION: &str = "__Host-session";

/// The head of a form with a file that is very long, sent by this browser.
fn form_head(browser: &Browser, path: &str) -> String {
    let cookie = browser.cookie(SESSION).unwrap();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {SESSION}={cookie}\r\nsec-fetch-site: same-origin\r\n\
         content-type: multipart/form-data; boundary=B\r\ncontent-length: 1099511627776\r\n\r\n"
    )
}

#[test]
fn a_part_of_a_form_that_does_not_end_is_refused_before_it_is_large() {
    let incident = Incident::new();
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    let part = "--B\r\nContent-Disposition: form-data; name=\"zone\"";
    let whole = format!("{part}\r\n\r\nUTC\r\n");
    for (who, status) in [(Who::Custodian, 422), (Who::Auditor, 404)] {
        let browser = Browser::signed_in(&incident, who);
        let head = form_head(&browser, &path);
        for begins in [
            String::new(),
            format!("{part}; x=\""),
            format!("{part}\r\nx: "),
            format!("{part}\r\n\r\n"),
            format!("{whole}{whole}{part}; x=\""),
            whole.repeat(21),
        ] {
            let mut wire = Wire::to(&incident);
            wire.send(format!("{head}{begins}").as_bytes());
            // The rest of it never comes, and nobody waits for it.
            wire.try_send(&[b'a'; 64 * 1024]);
            let said = String::from_utf8_lossy(&wire.read_some()).into_owned();
            assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{said}");
            assert!(said.contains("audit-leaf: "), "{said}");
        }
    }
}

#[test]
fn a_large_file_behind_full_fields_is_read_to_its_end() {
    let incident = Incident::new();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let path = format!("/console{}", incident.of_case("/exhibits/new"));
    let map = "\r\n".repeat(4000);
    let mut file = b"account,number,carrier,country,state,sent_at,kind\n".to_vec();
    for _ in 0..20_000 {
        file.extend(b"one,not a number at all,Mobile,GB,,2024-03-10T12:00:00Z,sms\n");
    }
    let fields = [("map", map.as_str()), ("dry_run", "true")];
    let report = browser.upload(&path, &fields, &file).assert_status(200);
    assert!(report.text().contains("20000"), "{}", report.text());
}
