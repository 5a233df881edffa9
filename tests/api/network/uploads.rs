//! Files on their way in take turns, and hold up nothing else.

use std::thread;
use std::time::Duration;

use crate::support::{TestVault, Who, Wire, csv_of};

const AT: &str = "2024-03-10T12:00:00Z";

#[test]
fn one_operators_files_take_turns_and_hold_up_no_request() {
    // With three readers, one file of an operator is read at a time.
    let vault = TestVault::with("[limits]\nreaders = 3\nupload_idle_s = 60\n");
    let cases = [vault.open_case(), vault.open_case()];
    for case in &cases {
        vault.name_member(case, Who::Custodian, "custodian", None);
    }
    let custodian = vault.custodian();
    let file = csv_of(&[("one", "+447700900001", AT)]);
    let (begin, end) = file.split_at(file.len() - 10);
    let head = |case: &str| {
        format!(
            "POST /api/v1/cases/{case}/exhibits HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             content-type: application/octet-stream\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            custodian.token(),
            file.len()
        )
    };
    let state = |case: &str| {
        let path = format!("/cases/{case}/admissions/current");
        custodian.get(&path).assert_status(200).member("state")
    };
    let [first_case, second_case] = &cases;
    let mut first = Wire::to(&vault);
    first.send(head(first_case).as_bytes());
    first.send(begin);
    while state(first_case) != "running" {
        thread::sleep(Duration::from_millis(20));
    }
    let mut second = Wire::to(&vault);
    second.send(head(second_case).as_bytes());
    second.send(&file);
    // All of the second file is there, and it waits; requests go on, whoever sends them.
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(20));
        assert_eq!(state(second_case), "none", "the second file did not wait");
        vault.lead().get("/cases").assert_status(200);
    }
    first.send(end);
    for wire in [&mut first, &mut second] {
        let said = wire.read_all();
        assert!(said.starts_with("HTTP/1.1 201"), "{said}");
    }
}
