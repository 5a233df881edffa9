//! `node join`: makes a directory that of another node. For a command on the host; it is no route.

use serde_json::{Value, json};

use crate::domain::NodeName;
use crate::policy::actions;
use crate::vault::scope::{NodeView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Adds a node under this name.
pub struct JoinNode(pub NodeName);

impl Operation for JoinNode {
    type Action = actions::JoinNode;
    type Answer = NodeView;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn detail(&self) -> Value {
        json!({ "name": self.0.as_str() })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<NodeView, OperationError> {
        scope.join_node(&self.0)
    }
}
