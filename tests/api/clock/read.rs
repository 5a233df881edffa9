//! Reading the clock: what agrees, what is in doubt, and who is told.

use serde_json::Value;

use crate::support::{TestVault, Who};

#[test]
fn the_clock_is_read_by_leads_administrators_and_auditors() {
    let vault = TestVault::new();
    for who in [Who::Lead, Who::Administrator, Who::Auditor] {
        let answer = vault.client(who).get("/clock").assert_status(200).json();
        assert_eq!(answer["time"], "2024-04-02T09:00:00Z");
        assert_eq!(answer["machine"], "2024-04-02T09:00:00Z");
        assert_eq!(answer["in_doubt"], false);
        assert_eq!(answer["off_by_s"], Value::Null);
    }
    for who in [Who::Investigator, Who::Custodian, Who::Liaison] {
        let answer = vault.client(who).get("/clock");
        answer.assert_problem(403, "not-allowed");
    }
}

#[test]
fn a_clock_that_jumped_is_told_where_people_look() {
    let vault = TestVault::new();
    let ready = || {
        vault
            .anonymous()
            .send(ureq::http::Method::GET, "/readyz", &[], &[])
            .assert_status(200)
            .text()
    };
    let metric = || {
        vault
            .anonymous()
            .send(ureq::http::Method::GET, "/metrics", &[], &[])
            .text()
    };
    assert_eq!(ready(), "ready\n");
    vault.clock.jump_seconds(-3600);
    assert!(ready().contains("the clock jumped"));
    assert!(ready().contains("POST /api/v1/clock/acceptance"));
    assert!(ready().contains("breachvault clock accept"));
    assert!(metric().contains("breachvault_clock_in_doubt 1"));
    let answer = vault.lead().get("/clock").assert_status(200).json();
    assert_eq!(answer["time"], "2024-04-02T09:00:00Z");
    assert_eq!(answer["machine"], "2024-04-02T08:00:00Z");
    assert_eq!(answer["in_doubt"], true);
    assert_eq!(answer["off_by_s"], -3600);
    vault.clock.jump_seconds(3600);
    assert_eq!(ready(), "ready\n");
    assert!(metric().contains("breachvault_clock_in_doubt 0"));
}
