//! Which node of its vault a directory is: the id in `data/node`, and whether this process is still that node.
//!
//! Where a file has the tables there is one process, and no nodes. The id is no secret. A directory that was copied
//! with it is the same node: the process that started last goes on, and the other one writes nothing more.

use std::fs;
use std::io::{self, ErrorKind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::entropy::{Entropy, EntropyError, draw};
use super::keyring::replace_file;
use super::paths::Paths;
use super::store::node_rows::{self, NodeRow, Seen};
use super::store::{Snapshot, StoreError, Transaction, meta_rows};
use crate::domain::{Moment, NodeId};

/// A node that did not say for so many seconds that it runs does not run.
pub(in crate::vault) const LAPSES_S: i64 = 180;

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
        let text = match fs::read_to_string(paths.node()) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Fault::Io(error.kind())),
        };
        let Ok(id) = text.trim().parse() else {
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
        let seen = Seen {
            run: &self.run,
            at,
            generation,
            place: self.place(),
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
        others: &[NodeId],
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
    pub(in crate::vault) fn is_one(&self, connection: &Snapshot) -> Result<bool, StoreError> {
        if !self.has_started.load(Ordering::Acquire) {
            return Ok(true);
        }
        let row = node_rows::find(connection, &self.id)?;
        Ok(row.is_some_and(|row| row.run == self.run))
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

/// Whether a node said lately that it runs.
pub(in crate::vault) fn runs(row: &NodeRow, now: Moment) -> bool {
    now.seconds().saturating_sub(row.seen_at.seconds()) < LAPSES_S
}
