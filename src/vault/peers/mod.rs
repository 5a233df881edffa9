//! What the nodes of a vault say to each other directly, past the database: over TLS 1.3 in which both prove a key that
//! the vault's control rows name.
//!
//! Whoever runs the database server can show each node another copy of it. So each node asks the others every ten
//! seconds what they know of the log, and before a reveal is opened or a package is built or handed out. A node whose
//! log is not the one of another writes nothing more and gives nothing out. And keyrings go from node to node here,
//! never through the database. Sees keys only in a sealed keyring.
//!
//! There is no HTTP: a question is a line and an answer is some bytes, so there is nothing to parse that the other side
//! could make long or odd. It blocks threads of its own, few and for seconds, because it has to go on where nothing
//! else does. Not promised: that a node which is cut off from all others finds out; it waits until they have lapsed.

mod ask;
mod compare;
mod listen;
mod places;
mod pull;
mod rounds;
mod timed;
mod tls;
mod wire;

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

pub(in crate::vault) use self::pull::take_keyring_at_start;
use self::rounds::Rounds;
use self::tls::Tls;
use super::core::Core;
use super::error::OperationError;
use super::ledger::Stager;
use super::node_key::{NodeKey, NodeKeyFault};
use crate::domain::io_words;

/// Why nodes cannot speak to each other.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PeersFault {
    /// The node has no key.
    #[error(transparent)]
    Key(#[from] NodeKeyFault),
    /// The address cannot be listened on.
    #[error("the address for other nodes (nodes.listen) cannot be listened on: {}", io_words(*.0))]
    Listen(ErrorKind),
    /// The key makes no server.
    #[error("the key of the node makes no server: {0}")]
    Tls(rustls::Error),
    /// A thread could not be started.
    #[error("a thread could not be started: {}", io_words(*.0))]
    Thread(ErrorKind),
}

/// A node that listens, and does not answer yet.
pub(in crate::vault) struct Listening {
    listener: TcpListener,
    at: SocketAddr,
    tls: Tls,
}

impl Listening {
    /// Opens the address at which other nodes ask this one, if there is to be one. From then on the node says in its
    /// row where that is, and which key it has.
    pub(in crate::vault) fn open(core: &Core) -> Result<Option<Self>, PeersFault> {
        let (Some(node), Some(wanted)) = (&core.node, &core.settings.nodes) else {
            return Ok(None);
        };
        let mut key = NodeKey::of(&core.paths, &*core.entropy)?;
        if core.others.has_key(&key.print()) {
            // It was copied with the directory.
            key = NodeKey::make(&core.paths, &*core.entropy)?;
        }
        let failed = |error: std::io::Error| PeersFault::Listen(error.kind());
        let listener = TcpListener::bind(wanted.listen).map_err(failed)?;
        let at = listener.local_addr().map_err(failed)?;
        let address = match wanted.address.as_str() {
            "" => at.to_string(),
            named => named.to_owned(),
        };
        node.is_at(key.print(), address);
        let tls = Tls::of(&key).map_err(PeersFault::Tls)?;
        Ok(Some(Self { listener, at, tls }))
    }
}

/// The threads that ask other nodes and answer them.
pub(in crate::vault) struct Peers {
    rounds: Arc<Rounds>,
    at: SocketAddr,
    stops: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Peers {
    pub(in crate::vault) fn start(
        listening: Listening,
        core: &Arc<Core>,
        stager: Stager,
    ) -> Result<Self, PeersFault> {
        let Listening { listener, at, tls } = listening;
        let config = tls.server(&core.others).map_err(PeersFault::Tls)?;
        let rounds = Arc::new(Rounds::new(Arc::clone(core), tls, stager));
        let stops = Arc::new(AtomicBool::new(false));
        let peers = Self {
            rounds,
            at,
            stops: Arc::clone(&stops),
            threads: Mutex::default(),
        };
        let answering = {
            let core = Arc::clone(core);
            let stops = move || stops.load(Ordering::Acquire);
            move || listen::serve(&listener, &config, &core, stops)
        };
        peers.spawn("nodes ask", answering)?;
        Ok(peers)
    }

    /// Compares the log with those of all nodes that answer, before anything is written at a start. Says whether it is
    /// the same one.
    pub(in crate::vault) fn is_one_log(&self) -> bool {
        self.rounds.look();
        !self.rounds.is_forked()
    }

    /// From now on the others are asked.
    pub(in crate::vault) fn go_on(&self) -> Result<(), PeersFault> {
        let (rounds, stops) = (Arc::clone(&self.rounds), Arc::clone(&self.stops));
        self.spawn("nodes asked", move || {
            rounds.go_on(|| stops.load(Ordering::Acquire))
        })
    }

    /// Whether all nodes that run have the log that this one has, at most a second ago.
    ///
    /// # Errors
    ///
    /// One does not answer, or has another log.
    pub(in crate::vault) fn agree(&self) -> Result<(), OperationError> {
        self.rounds.agree()
    }

    /// Ends the threads.
    pub(in crate::vault) fn stop(&self) {
        if self.stops.swap(true, Ordering::AcqRel) {
            return;
        }
        self.rounds.wake();
        let is_woken = listen::wake(self.at);
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // One that cannot be woken ends with the process.
            if is_woken {
                let _ = thread.join();
            }
        }
    }

    fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), PeersFault> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
        let thread = thread.map_err(|error| PeersFault::Thread(error.kind()))?;
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.push(thread);
        Ok(())
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        self.stop();
    }
}
