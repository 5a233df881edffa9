//! The proof of a leaf, for whoever holds its receipt.

use breachvault::vault::audit::InclusionProof;
use serde_json::json;

use crate::support::shared;

#[test]
fn everybody_gets_the_proof_of_their_own_leaf_and_of_no_other() {
    let incident = shared();
    let investigator = incident.investigator();
    let own = incident
        .look_up(&investigator, &["+447700900001"])
        .leaf()
        .unwrap();
    let others = incident
        .look_up(&incident.lead(), &["+447700900001"])
        .leaf()
        .unwrap();
    let get = |number: u64| investigator.get(&format!("/audit/leaves/{number}/proof"));
    let proof: InclusionProof = get(own).assert_status(200).text().parse().unwrap();
    assert_eq!(proof.index(), own);
    let concealed = get(others);
    let absent = get(99_999_999);
    assert_eq!(concealed.problem(), "not-found");
    assert_eq!(concealed.comparable(), absent.comparable());
    let leaf = investigator.get(&format!("/audit/leaves/{own}"));
    leaf.assert_problem(403, "not-allowed");
    investigator
        .post("/audit/leaves/search", &json!({}))
        .assert_problem(403, "not-allowed");
}
