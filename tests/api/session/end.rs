//! The end of a session of one's own.

use crate::support::{TestVault, Who};

#[test]
fn a_session_of_ones_own_is_ended_from_another_device() {
    let vault = TestVault::new();
    let (here, lost) = (vault.lead(), vault.new_session(Who::Lead));
    let session = lost.get("/me").member("session");
    let path = format!("/sessions/{session}");
    let ended = here.delete(&path).assert_status(200);
    assert!(ended.leaf().is_some());
    lost.get("/me").assert_problem(401, "session-ended");
    here.get("/me").assert_status(200);
    // It is over, and so it is not there.
    here.delete(&path).assert_problem(404, "not-found");
    // The one that is used can be ended too.
    let own = here.get("/me").member("session");
    here.delete(&format!("/sessions/{own}")).assert_status(200);
    here.get("/me").assert_problem(401, "session-ended");
}

#[test]
fn somebody_elses_session_is_like_one_that_is_not_there() {
    let vault = TestVault::new();
    let lead = vault.lead();
    let theirs = vault.custodian().get("/me").member("session");
    let refused = [theirs.as_str(), "s_00000000000000000000", "s_1", "x"].map(|session| {
        let answer = lead.delete(&format!("/sessions/{session}"));
        answer.assert_problem(404, "not-found").comparable()
    });
    assert!(refused.iter().all(|one| *one == refused[0]), "{refused:?}");
    for who in [Who::Administrator, Who::Auditor] {
        let answer = vault.client(who).delete(&format!("/sessions/{theirs}"));
        answer.assert_problem(404, "not-found");
    }
    vault.custodian().get("/me").assert_status(200);
}
