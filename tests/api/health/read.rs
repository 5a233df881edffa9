//! Health: the log, the disk and the clock, for those who keep the vault running.

use serde_json::Value;

use crate::support::{Browser, TestVault, Who};
use crate::tables::only_on_sqlite;

#[test]
fn those_who_keep_the_vault_see_how_it_stands_and_nobody_else() {
    let vault = TestVault::new();
    for who in [Who::Administrator, Who::Lead, Who::Auditor] {
        let answer = vault.client(who).get("/health").assert_status(200);
        let health = answer.json();
        assert_eq!(health["ready"], true);
        assert_eq!(health["damage"], Value::Null);
        assert_eq!(health["log_size"], answer.leaf().unwrap() + 1);
        assert_eq!(health["clock"]["in_doubt"], false);
        assert!(
            health["database_bytes"].as_u64().unwrap() > 8192,
            "{health}"
        );
        assert!(health["free_bytes"].as_u64().unwrap() > 0, "{health}");
        let note = health["checkpoint"].as_str().unwrap();
        let size: u64 = note.lines().nth(1).unwrap().parse().unwrap();
        assert!(size > answer.leaf().unwrap(), "{note}");
    }
    let administrator = vault.administrator();
    let generation = |path: &str, name: &str| administrator.get(path).json()[name].clone();
    assert_eq!(
        generation("/health", "keyring_generation"),
        generation("/keys/status", "generation")
    );
    for who in [
        Who::Investigator,
        Who::Custodian,
        Who::Liaison,
        Who::Outsider,
    ] {
        let answer = vault.client(who).get("/health");
        answer.assert_problem(403, "not-allowed");
    }
}

#[test]
fn a_clock_in_doubt_is_told_with_whoever_accepted_a_time() {
    let vault = TestVault::new();
    vault.clock.jump_seconds(86_400);
    let time = serde_json::json!({
        "time": "2024-04-03T09:00:00Z", "reason": "by the watch of the tests",
    });
    let told = || vault.auditor().get("/health").assert_status(200).json()["clock"].clone();
    assert_eq!(told()["in_doubt"], true);
    assert_eq!(told()["accepted_by"], Value::Null);
    vault
        .lead()
        .post("/clock/acceptance", &time)
        .assert_status(200);
    assert_eq!(told()["accepted_by"], Who::Lead.name());
    let second = vault.administrator().post("/clock/acceptance", &time);
    second.assert_status(200);
    assert_eq!(told()["in_doubt"], false);
    assert_eq!(told()["accepted_by"], Value::Null);
}

#[test]
fn a_file_put_back_while_the_vault_is_served_is_told_as_damaged_and_readiness_ends() {
    only_on_sqlite!();
    let vault = TestVault::new();
    let lead = vault.lead();
    let browser = Browser::signed_in(&vault, Who::Auditor);
    let path = vault.paths.database().with_file_name("vault.db-wal");
    let earlier = std::fs::read(&path).unwrap();
    vault.open_case();
    let told = || {
        let anybody = vault.anonymous();
        anybody.send(ureq::http::Method::GET, "/readyz", &[], &[])
    };
    let ready = || told().status;
    assert_eq!(ready(), 200);
    std::fs::write(&path, earlier).unwrap();
    let met = (0..20).find_map(|_| {
        let answer = lead.get("/cases");
        (answer.status != 200).then_some(answer)
    });
    met.unwrap().assert_problem(503, "damaged");
    assert_eq!(ready(), 503);
    let why = told().text();
    assert!(
        why.starts_with("damaged: ") && why.contains("breachvault doctor"),
        "{why}"
    );
    // For everybody, also for those whose session has to be looked up, and for those who come in.
    lead.get("/me").assert_problem(503, "damaged");
    let stranger = vault.anonymous().with_token(lead.token());
    stranger.get("/me").assert_problem(503, "damaged");
    // The page about it opens all the same, and says no more than the refusals do.
    let page = browser.get("/console/health").assert_status(200);
    let text = page.text();
    assert!(
        text.contains("Not ready.") && text.contains("breachvault doctor"),
        "{text}"
    );
    assert_eq!(browser.get("/console").status, 503);
    assert_eq!(ready(), 503);
}
