//! Asks all other nodes for their checkpoints and compares them: every ten seconds, and for whoever is about to give
//! something out. Asks them for their keyring as soon as this node lacks the newest.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::ask::ask;
use super::compare::{Difference, compare};
use super::pull::pull;
use super::tls::Tls;
use super::wire::Question;
use crate::domain::NodeId;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::ledger::Stager;
use crate::vault::other_nodes::OtherNode;
use crate::vault::store::{StoreError, case_rows, node_rows};

/// How often all are asked.
const EVERY: Duration = Duration::from_secs(10);
/// How soon it is tried again while the keyring is not there.
const SOON: Duration = Duration::from_secs(1);
/// How long one has for its answer.
const WITHIN: Duration = Duration::from_secs(3);
/// How long it is waited for all of them. The name of a host may take longer.
const WITHIN_ALL: Duration = Duration::from_millis(3500);
/// What was found holds so long for others who want to know it.
const HOLDS: Duration = Duration::from_secs(1);
/// So many questions are under way at a time.
const MOST_ASKED: usize = 64;

/// What came of the newest round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Agreement,
    /// A node that runs did not answer, or could not be compared with.
    Silence,
    Fork,
}

pub(super) struct Rounds {
    core: Arc<Core>,
    tls: Arc<Tls>,
    stager: Stager,
    asked: Arc<AtomicUsize>,
    newest: Mutex<Option<(Instant, Found)>>,
}

impl Rounds {
    pub(super) fn new(core: Arc<Core>, tls: Tls, stager: Stager) -> Self {
        Self {
            core,
            tls: Arc::new(tls),
            stager,
            asked: Arc::default(),
            newest: Mutex::default(),
        }
    }

    /// Until it `stops`.
    pub(super) fn go_on(&self, stops: impl Fn() -> bool) {
        while !stops() {
            let waits = match self.core.others.wanted() {
                Some(_) => SOON,
                None => EVERY,
            };
            self.core.others.wait(waits);
            if stops() {
                return;
            }
            if pull(&self.core, &self.tls) {
                if self.forget_destroyed().is_err() {
                    tracing::warn!("what is kept of destroyed cases could not be looked for");
                }
                self.tell();
            }
            self.look();
        }
    }

    /// Drops what is kept in memory of cases whose keys are not in the new keyring, and ends their admissions.
    fn forget_destroyed(&self) -> Result<(), StoreError> {
        let reader = self.core.readers.snapshot()?;
        let mut cases = case_rows::list(reader.connection()?)?;
        cases.retain(|case| self.core.is_destroyed(case));
        for case in &cases {
            self.core.admissions.end(&case.id);
            self.core.forget(case);
        }
        Ok(())
    }

    /// Says in this node's row which keyring it has, so that whoever destroyed a case need not wait for a minute.
    fn tell(&self) {
        let core = Arc::clone(&self.core);
        let told = self
            .stager
            .stage(move |transaction| core.tell_of_node(transaction, true));
        if told.is_err() {
            tracing::warn!("it could not be written down which keyring this node has");
        }
    }

    pub(super) fn is_forked(&self) -> bool {
        self.core.others.is_forked()
    }

    pub(super) fn wake(&self) {
        self.core.others.wake();
    }

    /// All are asked, also those that do not run as far as this node is shown.
    pub(super) fn look(&self) {
        if let Err(error) = self.learn() {
            tracing::warn!(fault = %error, "the other nodes could not be read");
        }
        let found = self.round(|one| one.runs || one.can_be_asked());
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = Some((Instant::now(), found));
    }

    pub(super) fn agree(&self) -> Result<(), OperationError> {
        let since = Instant::now();
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match *newest {
            // A node that was silent is asked again, but once for all who wait together.
            Some((at, Found::Silence)) if at >= since => Found::Silence,
            Some((at, found)) if at.elapsed() < HOLDS && found != Found::Silence => found,
            _ => {
                self.learn()?;
                let found = self.round(|one| one.runs);
                *newest = Some((Instant::now(), found));
                found
            }
        };
        match found {
            Found::Agreement => Ok(()),
            Found::Silence => Err(OperationError::NodeSilent),
            Found::Fork => self.core.control.intact().map_err(OperationError::from),
        }
    }

    /// Reads which nodes there are, and which of them run.
    fn learn(&self) -> Result<(), StoreError> {
        let reader = self.core.readers.snapshot()?;
        let rows = node_rows::list(reader.connection()?)?;
        self.core.know_nodes(rows);
        Ok(())
    }

    fn round(&self, is_asked: impl Fn(&OtherNode) -> bool) -> Found {
        let mut others = self.core.others.list();
        others.retain(is_asked);
        let (back, answers) = channel();
        for other in &others {
            let (back, other) = (back.clone(), other.clone());
            let (tls, asked) = (Arc::clone(&self.tls), Arc::clone(&self.asked));
            let is_one_too_many = asked.fetch_add(1, Ordering::AcqRel) >= MOST_ASKED;
            let work = move || {
                let answer = match other.can_be_asked() && !is_one_too_many {
                    true => ask(&tls, &other, Question::Checkpoint, WITHIN)
                        .ok()
                        .flatten(),
                    false => None,
                };
                asked.fetch_sub(1, Ordering::AcqRel);
                // Nobody waits any more if it took too long.
                let _ = back.send((other, answer));
            };
            let spawned = thread::Builder::new()
                .name("node asks".to_owned())
                .spawn(work);
            if spawned.is_err() {
                self.asked.fetch_sub(1, Ordering::AcqRel);
            }
        }
        drop(back);
        let until = Instant::now() + WITHIN_ALL;
        let running = others.iter().filter(|one| one.runs);
        let mut silent: BTreeSet<NodeId> = running.map(|one| one.id.clone()).collect();
        let mut found = Found::Agreement;
        while let Ok((other, answer)) =
            answers.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            let compared = match answer {
                Some(note) => compare(&self.core, &note),
                None => continue,
            };
            match compared {
                Ok(()) => {
                    silent.remove(&other.id);
                }
                Err(Difference::Forked) => {
                    let (node, name) = (&other.id, &other.name);
                    tracing::error!(%node, name, "another node has another log: nothing more is written or given out");
                    self.core.others.found_fork();
                    self.core.control.found_damaged("checkpoint");
                    found = Found::Fork;
                }
                Err(error) => {
                    let (node, name) = (&other.id, &other.name);
                    tracing::warn!(%node, name, fault = %error, "the log could not be compared with another node's");
                }
            }
        }
        let is_silence = !silent.is_empty();
        self.core.others.were_silent(silent);
        match found {
            Found::Agreement if is_silence => Found::Silence,
            found => found,
        }
    }
}
