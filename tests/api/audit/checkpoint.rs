//! The newest checkpoint.

use breachvault::vault::audit::Checkpoint;

use super::key;
use crate::support::shared;

#[test]
fn a_checkpoint_covers_the_request_that_asked_for_it() {
    let incident = shared();
    let answer = incident
        .investigator()
        .get("/audit/checkpoint")
        .assert_status(200);
    let leaf = answer.leaf().unwrap();
    let checkpoint = Checkpoint::open(&answer.body, &key(incident)).unwrap();
    assert!(checkpoint.size > leaf);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
}
