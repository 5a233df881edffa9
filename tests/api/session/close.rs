//! A session that was signed out.

use crate::support::{TestVault, Who};

#[test]
fn a_session_that_was_signed_out_is_over() {
    let vault = TestVault::new();
    let (kept, ended) = (vault.lead(), vault.new_session(Who::Lead));
    ended.delete("/sessions/current").assert_status(200);
    ended.get("/me").assert_problem(401, "session-ended");
    ended
        .delete("/sessions/current")
        .assert_problem(401, "session-ended");
    kept.get("/me").assert_status(200);
}
