//! The nodes of a vault whose tables a server has: who joins, who is struck off, which there are.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Reading, Scope};
use crate::domain::{Moment, NodeId, NodeName, hex};
use crate::policy::Writes;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::node_key::NodeKey;
use crate::vault::store::node_rows::{self, NodeRow};
use crate::vault::this_node::runs;

/// A node.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Node)]
pub struct NodeView {
    /// The node's id.
    pub node: NodeId,
    /// What people call it.
    pub name: String,
    /// When it joined.
    pub since: Moment,
    /// When it last said that it runs; null once it stopped.
    pub seen_at: Option<Moment>,
    /// Whether that was within three minutes.
    pub running: bool,
    /// The generation of its keyring then.
    pub keyring_generation: u64,
    /// Where other nodes ask it; null if they do not.
    pub address: Option<String>,
    /// SHA-256 of the key by which they know it, in hexadecimal; null if they do not ask it.
    pub key: Option<String>,
}

impl<A: Writes> Scope<'_, A> {
    /// Adds a node under a name that none has.
    pub fn join_node(&mut self, name: &NodeName) -> Result<NodeView, OperationError> {
        let all = node_rows::list(self.connection)?;
        if all.iter().any(|row| row.name == name.as_str()) {
            return Err(OperationError::Conflict(Conflict::NameTaken));
        }
        let row = NodeRow {
            id: NodeId::from_random(self.core.draw()?),
            name: name.as_str().to_owned(),
            run: Vec::new(),
            since: self.core.clock.in_seconds(0),
            seen_at: Moment::from_seconds(0),
            generation: self.core.keys().generation(),
            // In the place of the one that was copied with the directory, so that others answer it from now on.
            key: NodeKey::make(&self.core.paths, &*self.core.entropy)
                .map_err(|_| OperationError::Internal("keys/node.key"))?
                .print()
                .to_vec(),
            // Its first start says it.
            address: String::new(),
            struck: None,
        };
        node_rows::insert(self.transaction()?, &row)?;
        self.notes.object = Some(row.id.to_string());
        self.note_detail(json!({ "name": row.name }));
        Ok(self.shown(row))
    }

    /// Strikes a node off: it writes nothing more, and what it staged is anybody's to clear.
    pub fn strike_off(&mut self, id: &NodeId) -> Result<(), OperationError> {
        let row = node_rows::find(self.connection, id)?.ok_or(OperationError::NotFound)?;
        // So that there is always one, and whoever opens the tables is not the first.
        if self.core.node.as_ref().is_some_and(|node| node.id == *id) {
            let rule = "it is the node that this command runs on";
            return Err(OperationError::invalid("node", rule));
        }
        node_rows::strike(self.transaction()?, id, self.now)?;
        self.core.others.forget(id);
        self.notes.object = Some(id.to_string());
        self.note_detail(json!({ "name": row.name }));
        Ok(())
    }
}

impl Reading<'_> {
    /// All nodes, in the order in which they joined.
    pub fn list_nodes(&self) -> Result<Vec<NodeView>, OperationError> {
        let all = node_rows::list(self.connection)?.into_iter();
        Ok(all.map(|row| self.shown(row)).collect())
    }

    fn shown(&self, row: NodeRow) -> NodeView {
        let clock = &self.core.clock;
        NodeView {
            running: runs(&row, clock.in_seconds(0)),
            seen_at: (row.seen_at.seconds() > 0).then(|| clock.shown(row.seen_at)),
            since: clock.shown(row.since),
            node: row.id,
            name: row.name,
            keyring_generation: row.generation,
            address: Some(row.address).filter(|address| !address.is_empty()),
            key: Some(hex::encode(&row.key)).filter(|key| !key.is_empty()),
        }
    }
}
