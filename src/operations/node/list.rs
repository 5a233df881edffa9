//! `node list`: which nodes there are, and which of them run. For a command on the host; it is no route.

use serde::Serialize;
use utoipa::ToSchema;

use crate::policy::actions;
use crate::vault::scope::{NodeView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Lists the nodes of the vault.
pub struct ListNodes;

/// The nodes of the vault.
#[derive(Debug, Serialize, ToSchema)]
pub struct NodeList {
    /// In the order in which they joined; none where a file has the tables.
    pub nodes: Vec<NodeView>,
}

impl Operation for ListNodes {
    type Action = actions::ListNodes;
    type Answer = NodeList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<NodeList, OperationError> {
        Ok(NodeList {
            nodes: scope.list_nodes()?,
        })
    }
}
