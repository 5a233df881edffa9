//! What this process knows of the other nodes of its vault, in memory.
//!
//! Their list is of control rows that were verified: whoever writes the database adds nobody to it. What they may ask
//! of this node is here too, so that it answers them while it can neither read nor write. Sees no keys.
//!
//! Whether another node runs is judged by what it says of itself once a minute, and by this machine's monotonic clock:
//! one has lapsed of which this process read nothing new for three minutes. No time of day is compared, so neither a
//! clock that jumped, here, there or at the server, makes a node gone, nor does a start: whoever starts waits three
//! minutes like everybody. Not promised: that a node which is shown nothing newer finds out whether others run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::keyring::NamedKeyring;
use super::store::node_rows::NodeRow;
use super::this_node::LAPSES;
use crate::domain::{CaseId, Moment, NodeId};

/// Another node, which others can ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) struct OtherNode {
    pub(in crate::vault) id: NodeId,
    /// What people call it.
    pub(in crate::vault) name: String,
    /// SHA-256 of its public key; empty if it is asked by nobody.
    pub(in crate::vault) key: Vec<u8>,
    pub(in crate::vault) address: String,
    /// Whether it runs, as far as this one heard.
    pub(in crate::vault) runs: bool,
}

impl OtherNode {
    /// Whether it can be asked.
    pub(in crate::vault) fn can_be_asked(&self) -> bool {
        !self.key.is_empty() && !self.address.is_empty()
    }
}

/// The keyring that the head of the log names, where this node has another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) struct WantedKeyring {
    pub(in crate::vault) named: NamedKeyring,
    /// The cases that are not destroyed by that log: none of their keys may be lost.
    pub(in crate::vault) cases: BTreeSet<CaseId>,
}

/// What a node said of itself last, and when that was read first, by the monotonic clock.
#[derive(Debug)]
struct Heard {
    run: Vec<u8>,
    said_at: Moment,
    since: Duration,
}

/// Which nodes there are.
#[derive(Debug, Default)]
struct Known {
    nodes: Vec<OtherNode>,
    /// How many leaves the log had then.
    size: u64,
    /// Those that are struck off by a log of so many leaves, which may not be committed.
    struck: Vec<(NodeId, u64)>,
}

/// The other nodes.
#[derive(Debug)]
pub(in crate::vault) struct OtherNodes {
    known: RwLock<Known>,
    heard: Mutex<BTreeMap<NodeId, Heard>>,
    /// The newest checkpoint that this node wrote or verified.
    checkpoint: RwLock<Arc<str>>,
    /// Whether another node has a log that does not continue in this one's.
    forked: AtomicBool,
    /// How many of those that run did not answer the last time.
    silent: AtomicUsize,
    wanted: Mutex<Option<WantedKeyring>>,
    due: Mutex<bool>,
    woken: Condvar,
}

impl Default for OtherNodes {
    fn default() -> Self {
        Self {
            known: RwLock::default(),
            heard: Mutex::default(),
            checkpoint: RwLock::new(Arc::from("")),
            forked: AtomicBool::new(false),
            silent: AtomicUsize::new(0),
            wanted: Mutex::default(),
            due: Mutex::new(false),
            woken: Condvar::new(),
        }
    }
}

impl OtherNodes {
    /// The vault has these nodes, of which `own` is this one, by a log of so many leaves. What was read of a shorter
    /// log than is known takes nobody's place.
    pub(in crate::vault) fn are(
        &self,
        rows: Vec<NodeRow>,
        size: u64,
        own: Option<&NodeId>,
        at: Duration,
    ) {
        let running = self.hear(&rows, own, at);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if size < known.size {
            return;
        }
        known.size = size;
        // That commit was made, or is no more.
        known.struck.retain(|(_, by)| *by > size);
        let is_other = |row: &NodeRow| {
            Some(&row.id) != own && known.struck.iter().all(|(id, _)| *id != row.id)
        };
        let others = rows.into_iter().filter(is_other);
        let others = others.map(|row| OtherNode {
            runs: running.contains(&row.id),
            id: row.id,
            name: row.name,
            key: row.key,
            address: row.address,
        });
        let others = others.collect();
        known.nodes = others;
    }

    /// Which of these run, but for `own`; read at this moment of the monotonic clock. One that said that it stopped, or
    /// that never started, does not.
    pub(in crate::vault) fn hear(
        &self,
        rows: &[NodeRow],
        own: Option<&NodeId>,
        at: Duration,
    ) -> BTreeSet<NodeId> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.retain(|id, _| rows.iter().any(|row| row.id == *id));
        let mut running = BTreeSet::new();
        for row in rows {
            if Some(&row.id) == own || row.seen_at.seconds() == STOPPED {
                heard.remove(&row.id);
                continue;
            }
            let known = heard.get(&row.id);
            let known = known.filter(|one| one.run == row.run && one.said_at == row.seen_at);
            let since = known.map_or(at, |one| one.since);
            if at.saturating_sub(since) < LAPSES {
                running.insert(row.id.clone());
            }
            let said = Heard {
                run: row.run.clone(),
                said_at: row.seen_at,
                since,
            };
            heard.insert(row.id.clone(), said);
        }
        running
    }

    /// This one is struck off by a log of so many leaves.
    pub(in crate::vault) fn forget(&self, id: &NodeId, size: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.nodes.retain(|one| one.id != *id);
        known.struck.push((id.clone(), size));
    }

    pub(in crate::vault) fn list(&self) -> Vec<OtherNode> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.nodes.clone()
    }

    /// Whether a node has the key of this SHA-256.
    pub(in crate::vault) fn has_key(&self, print: &[u8; 32]) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.nodes.iter().any(|one| one.key == print)
    }

    /// The newest checkpoint is this one.
    pub(in crate::vault) fn has_checkpoint(&self, note: &Arc<str>) {
        let mut known = self
            .checkpoint
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *known = Arc::clone(note);
    }

    /// The newest checkpoint that this node knows.
    pub(in crate::vault) fn checkpoint(&self) -> Arc<str> {
        let known = self.checkpoint.read();
        Arc::clone(&known.unwrap_or_else(PoisonError::into_inner))
    }

    /// Another node has another log. It stays so until the next start.
    pub(in crate::vault) fn found_fork(&self) {
        self.forked.store(true, Ordering::Release);
    }

    pub(in crate::vault) fn is_forked(&self) -> bool {
        self.forked.load(Ordering::Acquire)
    }

    pub(in crate::vault) fn were_silent(&self, count: usize) {
        self.silent.store(count, Ordering::Relaxed);
    }

    pub(in crate::vault) fn silent(&self) -> usize {
        self.silent.load(Ordering::Relaxed)
    }

    /// This node needs that keyring, or none but its own.
    pub(in crate::vault) fn wants(&self, keyring: Option<WantedKeyring>) {
        let is_wanted = keyring.is_some();
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = is_wanted && *wanted != keyring;
        *wanted = keyring;
        drop(wanted);
        if is_news {
            self.wake();
        }
    }

    /// The keyring that this node needs, if it has another one.
    pub(in crate::vault) fn wanted(&self) -> Option<WantedKeyring> {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.clone()
    }

    /// Whoever waits in [`Self::wait`] has something to do.
    pub(in crate::vault) fn wake(&self) {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_all();
    }

    /// Waits until there is something to do, and no longer than that.
    pub(in crate::vault) fn wait(&self, longest: Duration) {
        let due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.woken.wait_timeout_while(due, longest, |due| !*due);
        let (mut due, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *due = false;
    }
}

/// What stands in the place of a time once a node stopped, and until it starts first.
const STOPPED: i64 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    fn row(no: u8, run: u8, seen_at: i64) -> NodeRow {
        NodeRow {
            id: NodeId::from_random([no; 13]),
            name: format!("node {no}"),
            run: vec![run; 16],
            since: Moment::from_seconds(1),
            seen_at: Moment::from_seconds(seen_at),
            generation: 1,
            key: vec![no; 32],
            address: "127.0.0.1:1".to_owned(),
            struck: None,
        }
    }

    #[test]
    fn a_node_has_lapsed_when_nothing_new_was_read_of_it_for_three_minutes_whatever_any_clock_says()
    {
        let nodes = OtherNodes::default();
        let own = row(1, 1, 100).id;
        let other = row(2, 2, 100).id;
        let runs = |row: NodeRow, at: u64| {
            let rows = [self::row(1, 1, 100), row];
            let running = nodes.hear(&rows, Some(&own), Duration::from_secs(at));
            assert!(!running.contains(&own));
            running.contains(&other)
        };
        // What it said may be long ago or in the future by any clock. At first it runs, as far as anybody knows.
        assert!(runs(row(2, 2, 7), 1000));
        assert!(runs(row(2, 2, 7), 1179));
        assert!(!runs(row(2, 2, 7), 1180));
        // It says something again, then the same, and then nothing that was not read before.
        assert!(runs(row(2, 2, 67), 1200));
        assert!(runs(row(2, 2, i64::MAX), 1300));
        assert!(runs(row(2, 2, i64::MAX), 1479));
        assert!(!runs(row(2, 2, i64::MAX), 1480));
        // Another process of it starts within the same second.
        assert!(runs(row(2, 3, i64::MAX), 1481));
        // It stops, and starts again.
        assert!(!runs(row(2, 3, 0), 1482));
        assert!(runs(row(2, 3, i64::MAX), 1483));
        // One that never started.
        assert!(!runs(row(2, 0, 0), 1484));
    }

    #[test]
    fn an_older_list_takes_not_the_place_of_a_newer_one_nor_brings_back_who_is_struck_off() {
        let nodes = OtherNodes::default();
        let at = Duration::from_secs(1);
        let listed = |nodes: &OtherNodes| nodes.list().len();
        let both = || vec![row(2, 2, 100), row(3, 3, 100)];
        nodes.are(both(), 10, None, at);
        assert_eq!(listed(&nodes), 2);
        nodes.are(vec![row(2, 2, 100)], 9, None, at);
        assert_eq!(listed(&nodes), 2);
        // Struck off in a transaction that is not committed yet, while others read what was there before.
        let gone = row(3, 3, 100);
        nodes.forget(&gone.id, 12);
        nodes.are(both(), 11, None, at);
        assert_eq!(listed(&nodes), 1);
        assert!(!nodes.has_key(&[3; 32]) && nodes.has_key(&[2; 32]));
        // It was not committed, and the log went on.
        nodes.are(both(), 12, None, at);
        assert_eq!(listed(&nodes), 2);
        // It was.
        nodes.forget(&gone.id, 13);
        nodes.are(vec![row(2, 2, 100)], 13, None, at);
        nodes.are(both(), 12, None, at);
        assert_eq!(listed(&nodes), 1);
    }
}
