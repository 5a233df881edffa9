//! One's own open sessions.

use crate::support::{Client, TestVault, Who};

/// The ids of the open sessions, and which of them is this one.
fn open(client: &Client) -> (Vec<String>, Vec<bool>) {
    let listed = client.get("/sessions").assert_status(200).json();
    let all = listed["sessions"].as_array().unwrap().clone();
    all.iter()
        .map(|one| {
            let id = one["session"].as_str().unwrap().to_owned();
            (id, one["current"].as_bool().unwrap())
        })
        .unzip()
}

#[test]
fn everybody_sees_their_own_open_sessions_and_nobody_elses() {
    let vault = TestVault::new();
    let first = vault.lead();
    let own = first.get("/me").member("session");
    assert_eq!(open(&first), (vec![own.clone()], vec![true]));
    vault.clock.advance_seconds(60);
    let second = vault.new_session(Who::Lead);
    let newer = second.get("/me").member("session");
    assert_eq!(
        open(&first),
        (vec![newer.clone(), own.clone()], vec![false, true])
    );
    assert_eq!(open(&second).1, [true, false]);
    // Nobody else has them, whatever they are.
    for who in [Who::Administrator, Who::Auditor, Who::SecondLead] {
        let (theirs, _) = open(&vault.client(who));
        assert!(
            !theirs.contains(&own) && !theirs.contains(&newer),
            "{who:?}"
        );
    }
    // Those that were closed, and those whose time is over, are listed no more.
    second.delete("/sessions/current").assert_status(200);
    assert_eq!(open(&first).0, [own]);
    vault.clock.advance_seconds(8 * 3600 - 61);
    let late = vault.new_session(Who::Lead);
    vault.clock.advance_seconds(30);
    assert_eq!(open(&late).1, [true]);
}
