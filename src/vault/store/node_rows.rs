//! Table `node`: the processes that may write the log of a vault whose tables a server has.

use super::control::{Cell, ControlRow, NODE, blob, int, text};
use super::error::{StoreError, at, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::ValueRef;
use crate::domain::{Moment, NodeId};

pub(crate) struct NodeRow {
    pub(crate) id: NodeId,
    /// What people call it.
    pub(crate) name: String,
    /// Drawn at each start: of two processes with one directory the later one is the node.
    pub(crate) run: Vec<u8>,
    pub(crate) since: Moment,
    /// When it last said that it runs, in the vault's own time; 1970 once it stopped.
    pub(crate) seen_at: Moment,
    /// Of its keyring then.
    pub(crate) generation: u64,
    /// SHA-256 of the public key by which other nodes know it; empty if they do not ask it.
    pub(crate) key: Vec<u8>,
    /// Where other nodes ask it: a host and a port.
    pub(crate) address: String,
    /// When it was struck off, if it is a node no more.
    pub(crate) struck: Option<Moment>,
}

/// What a node says of itself.
pub(crate) struct Seen<'a> {
    pub(crate) run: &'a [u8],
    pub(crate) at: Moment,
    pub(crate) generation: u64,
    /// Which key it has; the one before if none.
    pub(crate) key: Option<&'a [u8]>,
    /// Where others ask it; empty if they do not, also if they did when it ran before.
    pub(crate) address: &'a str,
}

pub(crate) fn insert(connection: &Transaction, row: &NodeRow) -> Result<(), StoreError> {
    let cells = [
        ("id", text(row.id.as_str())),
        ("name", text(&row.name)),
        ("run", blob(&row.run)),
        ("since", int(row.since.seconds())),
        ("seen_at", int(row.seen_at.seconds())),
        ("generation", number(row.generation)?),
        ("key", blob(&row.key)),
        ("address", text(&row.address)),
        ("struck_at", int(IS_ONE)),
    ];
    connection.insert(&NODE, &cells)
}

/// One that is a node.
pub(crate) fn find(connection: &Snapshot, id: &NodeId) -> Result<Option<NodeRow>, StoreError> {
    let found = connection.row(&NODE, &key(id), read)?;
    Ok(found.filter(|row| row.struck.is_none()))
}

/// All that are nodes, in the order in which they joined.
pub(crate) fn list(connection: &Snapshot) -> Result<Vec<NodeRow>, StoreError> {
    let mut all = list_all(connection)?;
    all.retain(|row| row.struck.is_none());
    Ok(all)
}

/// The same with those that were struck off.
pub(crate) fn list_all(connection: &Snapshot) -> Result<Vec<NodeRow>, StoreError> {
    let mut all = connection.rows(&NODE, &[], read)?;
    all.sort_by(|one, other| (one.since, &one.id).cmp(&(other.since, &other.id)));
    Ok(all)
}

/// Writes down what a node says of itself; false if it is none any more.
pub(crate) fn saw(
    connection: &Transaction,
    id: &NodeId,
    seen: &Seen<'_>,
) -> Result<bool, StoreError> {
    let mut set = vec![
        ("run", blob(seen.run)),
        ("seen_at", int(seen.at.seconds())),
        ("generation", number(seen.generation)?),
        ("address", text(seen.address)),
    ];
    set.extend(seen.key.map(|key| ("key", blob(key))));
    connection.update(&NODE, &key(id), &[("struck_at", int(IS_ONE))], &set)
}

/// Ends it as a node; what it had is still known. Answers whether it was one.
pub(crate) fn strike(
    connection: &Transaction,
    id: &NodeId,
    at: Moment,
) -> Result<bool, StoreError> {
    let set = [
        ("key", blob(&[])),
        ("address", text("")),
        ("struck_at", int(at.seconds().max(1))),
    ];
    connection.update(&NODE, &key(id), &[("struck_at", int(IS_ONE))], &set)
}

const IS_ONE: i64 = 0;

fn key(id: &NodeId) -> [Cell<'_>; 1] {
    [("id", text(id.as_str()))]
}

fn number(generation: u64) -> Result<ValueRef<'static>, StoreError> {
    Ok(int(sound("node::generation", i64::try_from(generation))?))
}

fn read(row: &ControlRow<'_>) -> Result<NodeRow, StoreError> {
    let failed = at("node::read");
    let id: String = row.get("id").map_err(&failed)?;
    let moment = |column| row.get(column).map(Moment::from_seconds).map_err(&failed);
    let generation: i64 = row.get("generation").map_err(&failed)?;
    Ok(NodeRow {
        id: sound("node::id", id.parse())?,
        name: row.get("name").map_err(&failed)?,
        run: row.get("run").map_err(&failed)?,
        since: moment("since")?,
        seen_at: moment("seen_at")?,
        generation: sound("node::generation", u64::try_from(generation))?,
        key: row.get("key").map_err(&failed)?,
        address: row.get("address").map_err(&failed)?,
        struck: Some(moment("struck_at")?).filter(|at| at.seconds() != IS_ONE),
    })
}
