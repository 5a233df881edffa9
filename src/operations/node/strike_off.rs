//! `node strike-off`: a node that is gone, or may not write any more. For a command on the host; it is no route.

use serde_json::{Value, json};

use crate::domain::NodeId;
use crate::operations::Done;
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Strikes a node off.
pub struct StrikeOffNode {
    /// The node.
    pub node: NodeId,
    /// Why.
    pub why: Why,
}

impl Operation for StrikeOffNode {
    type Action = actions::StrikeOffNode;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "node": self.node })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.strike_off(&self.node)?;
        Ok(Done)
    }
}
