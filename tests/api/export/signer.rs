//! The key that signs packages.

use super::signer;
use crate::support::{Who, shared};

#[test]
fn everybody_who_is_signed_in_reads_the_same_line_and_nobody_else_does() {
    let incident = shared();
    assert_ne!(signer(incident), [0; 32]);
    let line = |who: Who| {
        let answer = incident.client(who).get("/evidence/signer");
        answer.assert_status(200).text()
    };
    let read = line(Who::Investigator);
    assert_eq!(read.lines().count(), 1);
    assert!(read.starts_with("breachvault "), "{read}");
    for who in Who::ALL {
        assert_eq!(line(who), read);
    }
    let nobody = incident.anonymous().get("/evidence/signer");
    nobody.assert_problem(401, "unauthenticated");
}
