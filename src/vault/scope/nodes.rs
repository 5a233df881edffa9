//! The nodes of a vault whose tables a server has: who joins, who is struck off, which there are.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Reading, Scope};
use crate::domain::{Moment, NodeId, NodeName, OperatorId, OperatorName, hex};
use crate::policy::{ActionKind, Writes};
use crate::vault::error::OperationError;
use crate::vault::node_key::NodeKey;
use crate::vault::store::meta_rows;
use crate::vault::store::node_rows::{self, NodeRow};
use crate::vault::this_node::LAPSES;

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
    /// Whether that was within three minutes, by the clock of the node that was asked. Whether others wait for it, each
    /// finds out by itself.
    pub running: bool,
    /// `runs`; `silent`: it runs as far as it said, and did not answer the node that you asked; `stopped`: it said so,
    /// or never started; `lapsed`: it said nothing for three minutes; `cannot-start`: the tables moved into the file of
    /// another directory; `struck-off`.
    pub state: &'static str,
    /// The generation of its keyring then.
    pub keyring_generation: u64,
    /// Where other nodes ask it; null if they do not.
    pub address: Option<String>,
    /// SHA-256 of the key by which they know it, in hexadecimal; null if they do not ask it.
    pub key: Option<String>,
    /// When it was struck off; null if it is a node.
    pub struck_off_at: Option<Moment>,
    /// The administrators who struck it off, the first one first; none if a restore did.
    #[schema(value_type = Vec<OperatorName>)]
    pub struck_off_by: Vec<String>,
}

/// For how long somebody's wish to strike a node off waits for another administrator, in seconds.
const WAITS_S: i64 = 24 * 3600;
/// Under which key the database has who wishes to strike a node off, and since when: this, and the node. For each node
/// there is one wish at a time.
const WISH: &str = "strike-off-";

/// Under which key the database has the two administrators who struck a node off.
fn struck_off_by(id: &NodeId) -> String {
    format!("struck-off-{id}")
}

/// What became of the wish to strike a node off.
#[derive(Debug, Serialize, ToSchema)]
pub struct StruckOff {
    /// The node.
    pub node: NodeId,
    /// Whether it was struck off. If not, another administrator has to wish the same within a day.
    pub struck_off: bool,
}

impl<A: Writes> Scope<'_, A> {
    /// Adds a node under a name that none has.
    pub fn join_node(&mut self, name: &NodeName) -> Result<NodeView, OperationError> {
        let all = node_rows::list(self.connection)?;
        if all.iter().any(|row| row.name == name.as_str()) {
            return Err(OperationError::invalid("name", "is that of another node"));
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
        self.shown(row)
    }

    /// Strikes a node off if another administrator wished it within a day, or notes that this one does. A node that
    /// was struck off writes nothing more, and what it staged is anybody's to clear.
    pub fn strike_off(&mut self, id: &NodeId) -> Result<StruckOff, OperationError> {
        let row = node_rows::find(self.connection, id)?.ok_or(OperationError::NotFound)?;
        // So that there is always one, and whoever opens the tables is not the first.
        if self.core.own_node.as_ref() == Some(id) {
            let rule = "it is the node that this command runs on";
            return Err(OperationError::invalid("node", rule));
        }
        let (own, now) = (self.operator()?.clone(), self.core.clock.in_seconds(0));
        let other = self.other_who_wishes(id, &own, now)?;
        let wish = match &other {
            Some(_) => String::new(),
            None => format!("{own} {}", now.seconds()),
        };
        meta_rows::put(self.transaction()?, &format!("{WISH}{id}"), &wish)?;
        if let Some(first) = &other {
            let two = format!("{first} {own}");
            meta_rows::put(self.transaction()?, &struck_off_by(id), &two)?;
            node_rows::strike(self.transaction()?, id, self.now)?;
            let leaf = self.leaf.ok_or(OperationError::Internal("no leaf"))?;
            self.core.others.forget(id, leaf.saturating_add(1));
        }
        let struck_off = other.is_some();
        self.notes.object = Some(id.to_string());
        self.note_detail(json!({ "name": row.name, "struck_off": struck_off, "with": other }));
        Ok(StruckOff {
            node: id.clone(),
            struck_off,
        })
    }

    /// Another administrator who wished to strike this node off, and may still.
    fn other_who_wishes(
        &self,
        id: &NodeId,
        own: &OperatorId,
        now: Moment,
    ) -> Result<Option<OperatorId>, OperationError> {
        let wish = meta_rows::find(self.connection, &format!("{WISH}{id}"))?.unwrap_or_default();
        let mut words = wish.split(' ');
        let by = words.next().and_then(|by| by.parse::<OperatorId>().ok());
        let since = words.next().and_then(|since| since.parse().ok());
        let waited = now.seconds().saturating_sub(since.unwrap_or(i64::MIN));
        let by = by.filter(|by| by != own && (0..WAITS_S).contains(&waited));
        match by {
            Some(by) if self.still_may(ActionKind::StrikeOffNode, &by)? => Ok(Some(by)),
            _ => Ok(None),
        }
    }
}

impl Reading<'_> {
    /// All nodes, in the order in which they joined, and those that were struck off.
    pub fn list_nodes(&self) -> Result<Vec<NodeView>, OperationError> {
        let all = node_rows::list_all(self.connection)?.into_iter();
        all.map(|row| self.shown(row)).collect()
    }

    /// Whether a server has the tables, so that there can be several nodes.
    pub fn has_nodes(&self) -> bool {
        self.core.has_server
    }

    fn shown(&self, row: NodeRow) -> Result<NodeView, OperationError> {
        let clock = &self.core.clock;
        // Whoever answers runs, whatever the time is that its row says.
        let is_own = self.core.own_node.as_ref() == Some(&row.id);
        let (has_server, now) = (self.core.has_server, clock.in_seconds(0));
        let is_heard = is_own || (has_server && said_lately(&row, now));
        let running = row.struck.is_none() && is_heard;
        // Where a file has the tables, nobody writes into a row that somebody runs.
        let seen_at = match is_own && running && !has_server {
            true => now,
            false => row.seen_at,
        };
        let has_said = seen_at.seconds() > 0;
        let state = match (row.struck, running) {
            (Some(_), _) => "struck-off",
            (None, true) if self.core.others.silent().contains(&row.id) => "silent",
            (None, true) => "runs",
            (None, false) if !has_server => "cannot-start",
            (None, false) if has_said => "lapsed",
            (None, false) => "stopped",
        };
        Ok(NodeView {
            running,
            state,
            struck_off_at: row.struck.map(|at| clock.shown(at)),
            struck_off_by: match row.struck {
                Some(_) => self.who_struck_off(&row.id)?,
                None => Vec::new(),
            },
            seen_at: has_said.then(|| clock.shown(seen_at)),
            since: clock.shown(row.since),
            node: row.id,
            name: row.name,
            keyring_generation: match is_own {
                true => self.core.keys().generation(),
                false => row.generation,
            },
            address: Some(row.address).filter(|address| !address.is_empty()),
            key: Some(hex::encode(&row.key)).filter(|key| !key.is_empty()),
        })
    }

    fn who_struck_off(&self, id: &NodeId) -> Result<Vec<String>, OperationError> {
        let found = meta_rows::find(self.connection, &struck_off_by(id))?.unwrap_or_default();
        let ids = found
            .split(' ')
            .filter_map(|id| id.parse::<OperatorId>().ok());
        ids.map(|id| self.operator_name(&id)).collect()
    }
}

/// For people, who are told by a clock; see `other_nodes.rs` for what waits for a node.
fn said_lately(row: &NodeRow, now: Moment) -> bool {
    let since = now.seconds().saturating_sub(row.seen_at.seconds());
    u64::try_from(since).unwrap_or(0) < LAPSES.as_secs()
}
