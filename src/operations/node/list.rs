//! `GET /nodes`: which nodes there are, and which of them run.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{NodeView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Lists the nodes of the vault.
pub struct ListNodes;

/// The nodes of the vault.
#[derive(Debug, Serialize, ToSchema)]
pub struct NodeList {
    /// How many there are, in words.
    pub summary: String,
    /// In the order in which they joined, with those that were struck off; none where a file always had the tables.
    pub nodes: Vec<NodeView>,
}

impl NodeList {
    fn of(nodes: Vec<NodeView>, has_server: bool) -> Self {
        let is_one = |node: &&NodeView| node.struck_off_at.is_none();
        let count = nodes.iter().filter(is_one).count();
        let running = nodes.iter().filter(|node| node.running).count();
        let left = nodes.iter().filter(|node| node.state == "cannot-start");
        let alone =
            "The vault is a file on this machine, and one process serves it: it is the only node.";
        let summary = match (has_server, left.count()) {
            (false, 0) => alone.to_owned(),
            (false, 1) => format!("{alone} Another node of before cannot start."),
            (false, left) => format!("{alone} {left} other nodes of before cannot start."),
            (true, _) => of_server(count, running),
        };
        Self { summary, nodes }
    }
}

/// The same where there may be several.
fn of_server(count: usize, running: usize) -> String {
    match count {
        1 => "The vault has one node.".to_owned(),
        _ => format!("The vault has {count} nodes, of which {running} run."),
    }
}

impl Operation for ListNodes {
    type Action = actions::ListNodes;
    type Answer = NodeList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<NodeList, OperationError> {
        Ok(NodeList::of(scope.list_nodes()?, scope.has_nodes()))
    }
}

impl Request for ListNodes {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "listNodes",
        tag: "Nodes",
        summary: "List the nodes of the vault",
        description: "The processes that may write the log of a vault whose tables a server has: when each last said \
            that it runs, the generation of its keyring then, and who struck it off. Where a file has the tables there \
            is one process, and the list has the nodes of before, if a server had them before.",
        request: "",
        answer: r#"{"summary": "The vault has 2 nodes, of which 1 run.", "nodes": [{"node": "n_0123456789abcdefghjk",
            "name": "first", "since": "2024-04-01T09:00:00Z", "seen_at": "2024-04-02T09:00:00Z", "running": true,
            "state": "runs", "keyring_generation": 3, "address": "first.example:8450", "key":
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "struck_off_at": null,
            "struck_off_by": []}]}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
