//! `GET /audit/leaves/{leaf}/proof`: the receipt for a leaf, checkable by anybody.
//!
//! Auditors get it for every leaf, everybody else for their own.

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{LogProof, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ProveLeaf(pub u64);

pub struct ProofText(LogProof);

impl Answer for ProofText {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(Wire::text(&self.0.0))
    }
}

impl Operation for ProveLeaf {
    type Action = actions::ProveLeaf;
    type Answer = ProofText;

    fn target(&self) -> Target {
        Target::Leaf(self.0)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ProofText, OperationError> {
        scope.prove_leaf(self.0).map(ProofText)
    }
}

impl Request for ProveLeaf {
    type Input = Empty;
    type Output = String;
    const SUMMARY: &'static str = "The inclusion proof of a leaf (c2sp.org/tlog-proof)";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Leaf(ids.leaf()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.leaf()?))
    }
}
