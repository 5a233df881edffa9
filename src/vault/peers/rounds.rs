//! Asks all other nodes for their checkpoints and compares them: every ten seconds, and for whoever is about to give
//! something out. Asks them for their keyring as soon as this node lacks the newest.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::ask::Asker;
use super::compare::{Difference, compare};
use super::pull::pull;
use super::tls::Tls;
use super::wire::Question;
use crate::domain::NodeId;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::ledger::Stager;
use crate::vault::other_nodes::OtherNode;
use crate::vault::store::{StoreError, checkpoint_rows, node_rows};

/// How often all are asked.
const EVERY: Duration = Duration::from_secs(10);
/// How soon it is tried again while the keyring is not there.
const SOON: Duration = Duration::from_secs(1);
/// How long after a start silent nodes are asked again as soon.
const STARTS: Duration = Duration::from_secs(30);
/// How long one has for its answer.
const WITHIN: Duration = Duration::from_secs(3);
/// How long it is waited for all of them. The name of a host may take longer.
const WITHIN_ALL: Duration = Duration::from_millis(3500);
/// What was found holds so long for others who want to know it.
const HOLDS: Duration = Duration::from_secs(1);

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
    asker: Asker,
    stager: Stager,
    newest: Mutex<Option<(Instant, Found)>>,
}

impl Rounds {
    pub(super) fn new(core: Arc<Core>, tls: Tls, stager: Stager) -> Self {
        Self {
            core,
            asker: Asker::new(tls),
            stager,
            newest: Mutex::default(),
        }
    }

    /// Until it `stops`.
    pub(super) fn go_on(&self, stops: impl Fn() -> bool) {
        let since = Instant::now();
        while !stops() {
            // One that just joined is known to the others as soon as they asked somebody themselves.
            let is_new = since.elapsed() < STARTS && !self.core.others.silent().is_empty();
            let waits = match self.core.others.wanted() {
                Some(_) => SOON,
                None if is_new => SOON,
                None => EVERY,
            };
            self.core.others.wait(waits);
            if stops() {
                return;
            }
            if pull(&self.core, &self.asker) {
                self.tell();
            }
            self.look();
        }
    }

    /// Says in this node's row which keyring it has, so that whoever destroyed a case need not wait for a minute.
    fn tell(&self) {
        let core = Arc::clone(&self.core);
        let told = self
            .stager
            .stage(move |transaction| core.tell_of_node(transaction, true).map(drop));
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
        match self.round(|one| one.runs || one.can_be_asked()) {
            Ok(found) => *self.newest() = Some(found),
            Err(error) => tracing::warn!(fault = %error, "the other nodes could not be read"),
        }
    }

    pub(super) fn agree(&self) -> Result<(), OperationError> {
        let since = Instant::now();
        let mut newest = self.newest();
        let found = match *newest {
            // A node that was silent is asked again, but once for all who wait together.
            Some((at, Found::Silence)) if at >= since => Found::Silence,
            Some((at, found)) if at.elapsed() < HOLDS && found != Found::Silence => found,
            _ => newest.insert(self.round(|one| one.runs)?).1,
        };
        match found {
            Found::Agreement => Ok(()),
            Found::Silence => Err(OperationError::NodeSilent),
            Found::Fork => self.core.control.intact().map_err(OperationError::from),
        }
    }

    fn newest(&self) -> MutexGuard<'_, Option<(Instant, Found)>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads which nodes there are, and which of them run; asks those that are to be asked, and compares. Answers what
    /// came of it, and when.
    fn round(&self, is_asked: impl Fn(&OtherNode) -> bool) -> Result<(Instant, Found), StoreError> {
        {
            let reader = self.core.readers.snapshot()?;
            let connection = reader.connection()?;
            let size = checkpoint_rows::size(connection)?.unwrap_or_default();
            self.core.know_nodes(node_rows::list(connection)?, size);
        }
        let mut others = self.core.others.list();
        others.retain(is_asked);
        let running = others.iter().filter(|one| one.runs);
        let mut silent: BTreeSet<NodeId> = running.map(|one| one.id.clone()).collect();
        let answers = self.asker.all(others, Question::Checkpoint, WITHIN);
        let until = Instant::now() + WITHIN_ALL;
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
        let found = match found {
            Found::Agreement if is_silence => Found::Silence,
            found => found,
        };
        Ok((Instant::now(), found))
    }
}
