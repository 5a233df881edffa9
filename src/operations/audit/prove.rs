//! `GET /audit/leaves/{leaf}/proof`: the receipt for a leaf, checkable by anybody.
//!
//! Auditors get it for every leaf, everybody else for their own.

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{LogProof, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// Makes the inclusion proof of the leaf with this number, from 0.
pub struct ProveLeaf(pub u64);

/// An inclusion proof as text (c2sp.org/tlog-proof).
pub struct ProofText(LogProof);

impl Answer for ProofText {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
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
    const DOCS: Docs = Docs {
        id: "proveLeaf",
        tag: "Audit",
        summary: "Prove a leaf",
        description: "The inclusion proof of a leaf (c2sp.org/tlog-proof). Auditors get it for every leaf, \
            everybody else for their own.",
        request: "",
        answer: "c2sp.org/tlog-proof@v1\nindex 41\n…\n",
        problems: &["not-found"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Leaf(ids.leaf()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.leaf()?))
    }
}
