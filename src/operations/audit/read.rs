//! `GET /audit/leaves/{leaf}`: one leaf, as JSON with its detail, or its exact bytes.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{LeafView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadLeaf(pub u64);

#[derive(Serialize, ToSchema)]
pub struct LeafBody {
    #[schema(value_type = Object)]
    #[serde(flatten)]
    view: LeafView,
}

impl Answer for LeafBody {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ReadLeaf {
    type Action = actions::ReadLeaf;
    type Answer = LeafBody;

    fn target(&self) -> Target {
        Target::Leaf(self.0)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LeafBody, OperationError> {
        Ok(LeafBody {
            view: scope.read_leaf(self.0)?,
        })
    }
}

impl Request for ReadLeaf {
    type Input = Empty;
    type Output = LeafBody;
    const SUMMARY: &'static str = "One leaf of the audit log; as octets, its exact bytes";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Leaf(ids.leaf()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.leaf()?))
    }
}

/// The same leaf as the bytes that were hashed.
pub struct ReadLeafBytes(pub u64);

pub struct LeafBytes(Vec<u8>);

impl Answer for LeafBytes {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
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
    type Output = String;
    const SUMMARY: &'static str = "The exact bytes of a leaf";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Leaf(ids.leaf()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.leaf()?))
    }
}
