//! Files that are looked at, admitted, watched, cancelled, listed and compared.

mod admit;
mod cancel;
mod check;
mod compare;
mod duplicates;
mod list;
mod preview;
mod watch;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Incident;

/// The head of an upload that will be sent in pieces, with or without its length.
pub fn head(incident: &Incident, length: Option<usize>) -> String {
    let length = match length {
        Some(length) => format!("Content-Length: {length}"),
        None => "Transfer-Encoding: chunked".to_owned(),
    };
    format!(
        "POST /api/v1/cases/{}/exhibits HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         {length}\r\nConnection: close\r\n\r\n",
        incident.case,
        incident.custodian().token()
    )
}

/// Polls until the status is as wanted.
pub fn wait_until(incident: &Incident, wanted: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = incident
            .custodian()
            .get(&incident.of_case("/admissions/current"));
        let status = answer.assert_status(200).json();
        if wanted(&status) {
            return status;
        }
        assert!(Instant::now() < until, "{status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
