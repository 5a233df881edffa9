//! `node strike-off`: a node that is gone, or may not write any more. For a command on the host; it is no route.

use serde_json::{Value, json};

use crate::domain::NodeId;
use crate::policy::actions;
use crate::vault::scope::{Scope, StruckOff};
use crate::vault::{Operation, OperationError, Target, Why};

/// Strikes a node off, once a second administrator does the same.
pub struct StrikeOffNode {
    /// The node.
    pub node: NodeId,
    /// Why.
    pub why: Why,
}

impl Operation for StrikeOffNode {
    type Action = actions::StrikeOffNode;
    type Answer = StruckOff;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "node": self.node })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<StruckOff, OperationError> {
        scope.strike_off(&self.node)
    }
}
