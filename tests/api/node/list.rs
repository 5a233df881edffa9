//! Which nodes there are: `checks/nodes.rs` has several, and this one whoever asks.

use serde_json::{Value, json};

use crate::support::{Browser, TestVault, Who};
use crate::tables::Tables;

#[test]
fn administrators_and_auditors_see_the_nodes_and_nobody_else() {
    let vault = TestVault::new();
    let has_server = Tables::wanted().is_some();
    for who in [Who::Administrator, Who::Auditor] {
        let answer = vault.client(who).get("/nodes").assert_status(200);
        let seq = answer.leaf().unwrap();
        let list = answer.json();
        let leaf = vault.auditor().get(&format!("/audit/leaves/{seq}"));
        assert_eq!(
            leaf.assert_status(200).json()["leaf"]["action"],
            "node.list"
        );
        let browser = Browser::signed_in(&vault, who);
        let page = browser.get("/console/nodes").assert_status(200).text();
        let summary = list["summary"].as_str().unwrap();
        assert!(page.contains(summary), "{page}");
        let health = browser.get("/console/health").assert_status(200).text();
        assert!(health.contains("/console/nodes"), "{health}");
        if has_server {
            assert_eq!(summary, "The vault has one node.");
            let node = &list["nodes"][0];
            assert_eq!(
                (&node["name"], &node["state"]),
                (&json!("first"), &json!("runs"))
            );
            assert_eq!(node["struck_off_at"], Value::Null);
            assert!(node["keyring_generation"].as_u64().unwrap() > 0, "{node}");
        } else {
            assert!(
                summary.contains("a file") && summary.contains("the only node"),
                "{summary}"
            );
            assert_eq!(list["nodes"], json!([]));
        }
    }
    for who in [
        Who::Lead,
        Who::Investigator,
        Who::Custodian,
        Who::Liaison,
        Who::Outsider,
    ] {
        let refused = vault.client(who).get("/nodes");
        refused.assert_problem(403, "not-allowed");
    }
    // A link that would be refused is not there.
    let lead = Browser::signed_in(&vault, Who::Lead);
    let health = lead.get("/console/health").assert_status(200).text();
    assert!(!health.contains("/console/nodes"), "{health}");
    assert_eq!(lead.get("/console/nodes").status, 403);
    vault
        .anonymous()
        .get("/nodes")
        .assert_problem(401, "unauthenticated");
}
