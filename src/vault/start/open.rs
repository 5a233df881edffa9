//! Opening a vault, and what is done before it answers anybody.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::error::StartError;
use super::prepare::{prepare, take};
use super::started::{Start, Unseal};
use crate::domain::{NodeId, RequestId};
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::clock::Clock;
use crate::vault::core::Core;
use crate::vault::door::Vault;
use crate::vault::entropy::Entropy;
use crate::vault::error::OperationError;
use crate::vault::keyring::Keyring;
use crate::vault::ledger::{Book, BookError, Ledger, write_vkey};
use crate::vault::left_copies;
use crate::vault::lock::VaultLock;
use crate::vault::moving::leave_old;
use crate::vault::paths::Paths;
use crate::vault::peers::{Listening, Peers};
use crate::vault::scope::requests::PackageFile;
use crate::vault::settings::Settings;
use crate::vault::store::{Access, StoreError, node_rows, request_rows};
use crate::vault::this_node::ThisNode;

impl Vault {
    /// Opens a vault with its unlocked keyring. Leftovers of an admission that did
    /// not end are cleared, and a leaf says that the vault started.
    pub fn open(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let vault = Self::opened(paths, keyring, settings, clock, entropy)?;
        if !vault.is_node()? {
            return Err(StartError::NotANode);
        }
        vault.begin_work()
    }

    /// Opens a vault in a directory that is no node of it, to make it one: nothing that another node left is cleared.
    pub fn join(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let vault = Self::opened(paths, keyring, settings, clock, entropy)?;
        if !vault.core.has_server {
            return Err(StartError::HasAFile);
        }
        if vault.core.node.is_some() {
            return Err(StartError::NamesANode);
        }
        vault.begin_work()
    }

    /// Makes the directory of a vault that of this node.
    pub fn become_node(paths: &Paths, node: &NodeId) -> Result<(), StartError> {
        ThisNode::put(paths, node).map_err(|error| StartError::Io(error.kind()))
    }

    fn opened(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let lock = take(paths)?;
        leave_old(paths).map_err(|error| StartError::Io(error.kind()))?;
        Self::assemble(paths, keyring, settings, clock, entropy, lock)
    }

    /// Whether the vault has this node. Where a file has the tables, there are none.
    fn is_node(&self) -> Result<bool, StartError> {
        let reader = self.core.readers.snapshot()?;
        Ok(self.core.is_node(reader.connection()?)?)
    }

    /// The other nodes that cannot start, because a file of this directory has the tables now.
    pub(in crate::vault) fn nodes_left(&self) -> Result<Vec<String>, StoreError> {
        if self.core.has_server {
            return Ok(Vec::new());
        }
        let reader = self.core.readers.snapshot()?;
        let mut all = node_rows::list(reader.connection()?)?;
        all.retain(|row| self.core.own_node.as_ref() != Some(&row.id));
        Ok(all.into_iter().map(|row| row.name).collect())
    }

    /// Clears what builds left that had not ended. In a folder that nodes share, those of nodes that run go on.
    fn clear_builds(&self) -> Result<usize, StartError> {
        // Whoever only joins is no node yet, and has built nothing.
        if self.core.has_server && self.core.node.is_none() {
            return Ok(0);
        }
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        let others = self.core.others_running(connection)?;
        let runs = |node: &NodeId| others.contains(node);
        let is_known = |request: &RequestId| request_rows::is_there(connection, request);
        Ok(PackageFile::clear_workplaces(
            &self.core.paths,
            runs,
            is_known,
        ))
    }

    /// Clears what was left, and says that the vault started.
    fn begin_work(self) -> Result<Self, StartError> {
        let vault = self;
        let paths = &vault.core.paths;
        match vault.clear_builds()? {
            0 => {}
            builds => tracing::info!(builds, "builds of packages that had not ended were cleared"),
        }
        match left_copies::remove(&paths.data()) {
            Ok(0) => {}
            Ok(copies) => tracing::info!(copies, "copies that a killed backup left were removed"),
            Err(error) => {
                tracing::error!(kind = %error.kind(), "a copy that a killed backup left could not be removed");
            }
        }
        if vault
            .peers
            .as_ref()
            .is_some_and(|peers| !peers.is_one_log())
        {
            return Err(StartError::Log(BookError::Forked));
        }
        // Before anything is answered: a destruction that was interrupted ends as one. Whoever only joins leaves that
        // to the nodes: a keyring that is changed here could not be had by any of them.
        if !vault.core.has_server || vault.core.node.is_some() {
            vault.shred_keys()?;
        }
        let generation = vault.core.keys().generation();
        vault
            .perform(&Caller::system(), Start { generation })
            .map_err(|refusal| match refusal {
                Refusal::Failed(OperationError::Store(error), _) => StartError::Store(error),
                _ => StartError::Unaudited,
            })?;
        vault.core.node.iter().for_each(ThisNode::has_started);
        vault.peers.iter().try_for_each(Peers::go_on)?;
        let opened = vault.core.keys().opened().clone();
        if !opened.shares.is_empty() {
            vault
                .perform(&Caller::system(), Unseal { opened })
                .map_err(|_| StartError::Unaudited)?;
        }
        vault.end_move()?;
        // An older database serves nobody whom a newer one forgot.
        vault.reapply_erasures()?;
        // Sealed parts are asked for by what they have to be, so those that are kept can wait for whoever serves.
        if let Err(fault) = vault.clear_packages_if_due()
            && fault.is_fault()
        {
            tracing::error!(fault = %fault, "packages from before an erasure could not be deleted yet");
        }
        if let Err(fault) = vault.clear_chosen_folder() {
            tracing::error!(fault = %fault, "the folder for packages may have some from before an erasure");
        }
        Ok(vault)
    }

    pub(super) fn assemble(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        lock: VaultLock,
    ) -> Result<Self, StartError> {
        let with = (clock, entropy);
        let (core, book) = prepare(paths, keyring, settings, with, Access::Work)?;
        Self::of(core, book, lock)
    }

    /// Opens a copy that was put back, and begins a new log that goes on from its leaves. The first act is the
    /// caller's.
    pub(in crate::vault) fn begin_anew(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let lock = take(paths)?;
        let with = (clock, entropy);
        let (core, mut book) = prepare(paths, keyring, settings, with, Access::Work)?;
        book.begin_new_log()?;
        Self::of(core, book, lock)
    }

    fn of(core: Arc<Core>, book: Book, lock: VaultLock) -> Result<Self, StartError> {
        write_vkey(&core.paths, &book.verifier_key_text())
            .map_err(|error| StartError::Io(error.kind()))?;
        let listening = Listening::open(&core)?;
        let ledger = Ledger::start(book);
        core.readers.go_on_with(ledger.go_on());
        let peers = listening.map(|listening| Peers::start(listening, &core, ledger.stager()));
        Ok(Self {
            peers: peers.transpose()?,
            core,
            ledger,
            noted_clock: AtomicBool::new(false),
            _lock: lock,
        })
    }
}
