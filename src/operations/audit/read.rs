//! `GET /audit/leaves/{leaf}`: one leaf, as JSON with its detail, or its exact bytes.

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{LeafView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// Reads the leaf with this number, from 0, and its detail.
pub struct ReadLeaf(pub u64);

impl Operation for ReadLeaf {
    type Action = actions::ReadLeaf;
    type Answer = LeafView;

    fn target(&self) -> Target {
        Target::Leaf(self.0)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LeafView, OperationError> {
        scope.read_leaf(self.0)
    }
}

impl Request for ReadLeaf {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readLeaf",
        tag: "Audit",
        summary: "Read a leaf",
        description: "One leaf of the audit log with its detail, names and title, its inclusion proof and the log's \
            public key. With `Accept: application/octet-stream` the exact bytes that were hashed.",
        request: "",
        answer: r#"{"leaf": {"action": "record.lookup", "case": "c_0123456789abcdefghjk", "operator":
            "o_0123456789abcdefghjk", "origin": "breachvault/v_0123456789abcdefghjk", "outcome":
            "done", "purpose": "victim-inquiry", "role": "investigator", "rows": 2, "seq": 41,
            "time": "2024-03-21T22:34:49Z", "v": 1}, "detail": null, "words": {"operator_name":
            "first.investigator", "title": "Text message log", "off_hours": true}, "proof":
            "c2sp.org/tlog-proof@v1\nindex 41\n…\n", "vkey": "breachvault/v_0123456789abcdefghjk+…"}"#,
        problems: &["not-found"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Leaf(ids.leaf()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.leaf()?))
    }
}

/// The same leaf as the bytes that were hashed.
pub struct ReadLeafBytes(pub u64);

/// The exact bytes of a leaf that the log hashes.
pub struct LeafBytes(Vec<u8>);

impl Answer for LeafBytes {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(Wire::bytes("application/octet-stream", self.0))
    }
}

impl Operation for ReadLeafBytes {
    type Action = actions::ReadLeaf;
    type Answer = LeafBytes;

    fn target(&self) -> Target {
        Target::Leaf(self.0)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LeafBytes, OperationError> {
        scope.leaf_bytes(self.0).map(LeafBytes)
    }
}

impl Request for ReadLeafBytes {
    type Input = Empty;
    const DOCS: Docs = <ReadLeaf as Request>::DOCS;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Leaf(ids.leaf()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.leaf()?))
    }
}
