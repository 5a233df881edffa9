//! Which node of its vault a directory is: the id in `data/node`, and whether this process is still that node.
//!
//! Where a file has the tables there is one process, and no nodes. The id is no secret. A directory that was copied
//! with it is the same node: the process that started last goes on, and the other one writes nothing more.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::entropy::{Entropy, EntropyError, draw};
use super::keyring::replace_file;
use super::paths::Paths;
use super::store::node_rows::{self, NodeRow, Seen};
use super::store::{Snapshot, StoreError, Transaction, meta_rows};
use crate::domain::{Moment, NodeId};

/// A node that did not say for so long that it runs does not run.
pub(in crate::vault) const LAPSES: Duration = Duration::from_secs(180);

/// The node that this process is.
pub(in crate::vault) struct ThisNode {
    pub(in crate::vault) id: NodeId,
    run: [u8; 16],
    /// Whether its start is in the log.
    has_started: AtomicBool,
    /// How many threads of this process are at each kind of work.
    at_work: [AtomicUsize; 2],
    /// By which key others know it, and where they ask it.
    place: OnceLock<([u8; 32], String)>,
}

/// What one node goes on with after somebody carried it out, and no other node beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum Work {
    /// The rows of destroyed cases.
    Destructions,
    /// Erasures and rotations: both write what is there anew.
    Rewrites,
}

impl Work {
    const ALL: [Self; 2] = [Self::Destructions, Self::Rewrites];

    /// Under which key the database has the node that does it.
    pub(in crate::vault) fn key(self) -> &'static str {
        match self {
            Self::Destructions => "work-destructions",
            Self::Rewrites => "work-rewrites",
        }
    }
}

impl ThisNode {
    /// What the file says. None where there is no file, or none that names a node.
    pub(in crate::vault) fn of(
        paths: &Paths,
        entropy: &dyn Entropy,
    ) -> Result<Option<Self>, Fault> {
        let Some(id) = Self::id_in(paths).map_err(|error| Fault::Io(error.kind()))? else {
            return Ok(None);
        };
        Ok(Some(Self {
            id,
            run: draw(entropy)?,
            has_started: AtomicBool::new(false),
            at_work: Default::default(),
            place: OnceLock::new(),
        }))
    }

    /// The id alone. The file stays when the tables move from a server into a file.
    pub(in crate::vault) fn id_in(paths: &Paths) -> io::Result<Option<NodeId>> {
        match fs::read_to_string(paths.node()) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the directory that of a node.
    pub(in crate::vault) fn put(paths: &Paths, id: &NodeId) -> io::Result<()> {
        replace_file(&paths.node(), format!("{id}\n").as_bytes())
    }

    pub(in crate::vault) fn row(&self, name: &str, now: Moment, generation: u64) -> NodeRow {
        NodeRow {
            id: self.id.clone(),
            name: name.to_owned(),
            run: self.run.to_vec(),
            since: now,
            seen_at: now,
            generation,
            key: self.place().map_or(Vec::new(), |(key, _)| key.to_vec()),
            address: self.place().map_or("", |(_, address)| address).to_owned(),
            struck: None,
        }
    }

    /// Others know it by the key of this SHA-256, and ask it there. Said once, before its start.
    pub(in crate::vault) fn is_at(&self, key: [u8; 32], address: String) {
        let _ = self.place.set((key, address));
    }

    fn place(&self) -> Option<(&[u8], &str)> {
        let place = self.place.get();
        place.map(|(key, address)| (&key[..], address.as_str()))
    }

    /// Says that the node runs, in the transaction of its start and once a minute; or from when on it does not. False
    /// if it is none any more.
    pub(in crate::vault) fn tell(
        &self,
        transaction: &Transaction,
        at: Moment,
        generation: u64,
    ) -> Result<bool, StoreError> {
        let place = self.place();
        let seen = Seen {
            run: &self.run,
            at,
            generation,
            key: place.map(|(key, _)| key),
            address: place.map_or("", |(_, address)| address),
        };
        node_rows::saw(transaction, &self.id, &seen)
    }

    /// A thread of this process is going to do some work.
    pub(in crate::vault) fn begins(&self, work: Work) {
        self.at_work[work as usize].fetch_add(1, Ordering::AcqRel);
    }

    /// It does no more.
    pub(in crate::vault) fn ends(&self, work: Work) {
        self.at_work[work as usize].fetch_sub(1, Ordering::AcqRel);
    }

    /// Takes a claim on some work, unless it is of one of the others, which run. Says whether it is this node's.
    pub(in crate::vault) fn claim(
        &self,
        transaction: &Transaction,
        work: Work,
        others: &BTreeSet<NodeId>,
    ) -> Result<bool, StoreError> {
        let holder = meta_rows::find(transaction, work.key())?.unwrap_or_default();
        if others.iter().any(|other| other.as_str() == holder) {
            return Ok(false);
        }
        if holder != self.id.as_str() {
            meta_rows::put(transaction, work.key(), self.id.as_str())?;
        }
        Ok(true)
    }

    /// Gives a claim back, unless another thread is at that work, or another node took it over.
    pub(in crate::vault) fn give_back(
        &self,
        transaction: &Transaction,
        work: Work,
    ) -> Result<(), StoreError> {
        let goes_on = self.at_work[work as usize].load(Ordering::Acquire) > 0;
        let holder = meta_rows::find(transaction, work.key())?;
        match holder.as_deref() == Some(self.id.as_str()) && !goes_on {
            true => meta_rows::put(transaction, work.key(), ""),
            false => Ok(()),
        }
    }

    /// Whether this node has a claim on some work.
    pub(in crate::vault) fn has_claim(&self, connection: &Snapshot) -> Result<bool, StoreError> {
        for work in Work::ALL {
            let holder = meta_rows::find(connection, work.key())?;
            if holder.as_deref() == Some(self.id.as_str()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(in crate::vault) fn has_started(&self) {
        self.has_started.store(true, Ordering::Release);
    }

    /// Whether this process is the node still: nobody struck it off, and no other process started as the same one.
    /// Before its start is in the log it only has to be a node, or the first one of all.
    pub(in crate::vault) fn is_one(&self, connection: &Snapshot) -> Result<bool, StoreError> {
        let has_started = self.has_started.load(Ordering::Acquire);
        match node_rows::find(connection, &self.id)? {
            Some(row) => Ok(!has_started || row.run == self.run),
            None => Ok(!has_started && node_rows::list(connection)?.is_empty()),
        }
    }
}

/// The file could not be read.
#[derive(Debug, Clone, Copy)]
pub(in crate::vault) enum Fault {
    Io(ErrorKind),
    NoEntropy,
}

impl From<EntropyError> for Fault {
    fn from(_: EntropyError) -> Self {
        Self::NoEntropy
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::vault::Settings;
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::records::tests::fixture::Fixture;
    use crate::vault::store::Tables;

    #[test]
    fn one_that_begins_has_to_be_a_node_and_one_that_is_not_asked_leaves_no_address() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let vault = &fixture.vault;
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::of(folder.path());
        fs::create_dir(paths.data()).unwrap();
        let mut row = fixture.another_node(5);
        (row.key, row.address) = (vec![5; 32], "127.0.0.1:7".to_owned());
        let (id, now) = (row.id.clone(), row.seen_at);
        ThisNode::put(&paths, &id).unwrap();
        let node = ThisNode::of(&paths, &SystemEntropy::new());
        let node = Arc::new(node.unwrap().unwrap());
        let looked = || {
            let reader = vault.core.readers.snapshot().unwrap();
            let connection = reader.connection().unwrap();
            let found = node_rows::find(connection, &id).unwrap();
            (node.is_one(connection).unwrap(), found)
        };
        let tells = |is_one: bool| {
            let told = Arc::clone(&node);
            fixture.stage(move |rows| match told.tell(rows, now, 3)? == is_one {
                true => Ok(()),
                false => Err(StoreError::inconsistent("test")),
            });
        };
        assert!(!looked().0, "there are nodes, and it is none of them");
        tells(false);
        fixture.stage(move |rows| node_rows::insert(rows, &row));
        assert!(looked().0);
        // The process before had an address, at which nobody listens any more. It is known by its key as before.
        tells(true);
        let told = looked().1.unwrap();
        assert_eq!((told.key, told.address), (vec![5; 32], String::new()));
        // One that has an address says it.
        node.is_at([6; 32], "127.0.0.1:8".to_owned());
        tells(true);
        let told = looked().1.unwrap();
        assert_eq!(
            (told.key, told.address),
            (vec![6; 32], "127.0.0.1:8".to_owned())
        );
        // Somebody strikes it off while it begins.
        let struck = id.clone();
        fixture.stage(move |rows| node_rows::strike(rows, &struck, now).map(drop));
        assert!(!looked().0);
        tells(false);
        node.has_started();
        assert!(!looked().0);
    }
}
