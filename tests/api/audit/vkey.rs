//! The log's public key.

use breachvault::vault::audit::{Checkpoint, VerifierKey};

use super::key;
use crate::support::{Who, shared};

#[test]
fn everybody_who_is_signed_in_reads_the_key_that_signed_the_newest_checkpoint() {
    let incident = shared();
    let note = incident.investigator().get("/audit/checkpoint");
    let note = note.assert_status(200);
    for who in Who::ALL {
        let read = incident.client(who).get("/audit/vkey").assert_status(200);
        let text = read.text();
        let read: VerifierKey = text.trim().parse().unwrap();
        assert_eq!(text.lines().count(), 1);
        assert!(Checkpoint::open(&note.body, &read).is_ok());
    }
    assert!(Checkpoint::open(&note.body, &key(incident)).is_ok());
    let nobody = incident.anonymous().get("/audit/vkey");
    nobody.assert_problem(401, "unauthenticated");
}
