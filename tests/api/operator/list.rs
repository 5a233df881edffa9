//! Who may enter, for the administrator.

use breachvault::vault::clock::Clock as _;

use crate::support::{TestVault, Who};

#[test]
fn the_administrator_sees_everybody_and_how_they_stand() {
    let vault = TestVault::new();
    vault.lead();
    vault.invite("not.yet", "custodian");
    let gone = vault.invite("not.any.more", "investigator").0;
    let path = format!("/operators/{gone}");
    vault.administrator().delete(&path).assert_status(200);

    let listed = vault.administrator().get("/operators").assert_status(200);
    let json = listed.json();
    let stands = |name: &str| {
        let all = json["operators"].as_array().unwrap();
        let one = all.iter().find(|one| one["name"] == name).unwrap();
        (one["role"].clone(), one["state"].clone())
    };
    assert_eq!(stands(Who::Lead.name()), ("lead".into(), "active".into()));
    assert_eq!(stands("not.yet"), ("custodian".into(), "invited".into()));
    // An invitation ends three days after it was made, and is listed with that.
    let until = |name: &str| {
        let all = json["operators"].as_array().unwrap();
        let one = all.iter().find(|one| one["name"] == name).unwrap();
        one.get("invited_until").cloned()
    };
    let end = vault.clock.now().plus_seconds(3 * 86_400).to_string();
    assert_eq!(until("not.yet"), Some(end.into()));
    assert_eq!(until(Who::Lead.name()), None);
    assert_eq!(until("not.any.more"), None);
    assert_eq!(
        stands("not.any.more"),
        ("investigator".into(), "revoked".into())
    );
}

#[test]
fn neither_investigators_custodians_nor_auditors_see_who_may_enter() {
    let vault = TestVault::new();
    for who in [
        Who::Investigator,
        Who::Custodian,
        Who::Auditor,
        Who::Outsider,
    ] {
        let answer = vault.client(who).get("/operators");
        answer.assert_problem(403, "not-allowed");
    }
}
