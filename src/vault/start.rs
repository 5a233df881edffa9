//! Making a vault, opening one, stopping it.
//!
//! A vault directory has `keys/` and `data/`. Opening needs an unlocked keyring:
//! there is no way to a `Vault` without one.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde_json::{Value, json};

use crate::domain::{Field, HomeRole, Moment, NodeId, OperatorName, RequestId, io_words};
use crate::policy::actions;
use crate::vault::audit::Frontier;
use crate::vault::budget::alarm::Alarm;
use crate::vault::budget::answered::Answered;
use crate::vault::budget::package_turns::PackageTurns;
use crate::vault::budget::question_alarm::QuestionAlarm;
use crate::vault::budget::under_way::PointsUnderWay;
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::done::Done;
use crate::vault::call::edition::Editions;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::clock::{Clock, ClockReport};
use crate::vault::core::Core;
use crate::vault::door::{Operation, Vault};
use crate::vault::entropy::{Entropy, draw};
use crate::vault::erase::EraseError;
use crate::vault::error::OperationError;
use crate::vault::exhibits::known_case::KnownCases;
use crate::vault::exhibits::leftovers::Leftovers;
use crate::vault::exhibits::under_way::UnderWay;
use crate::vault::held_up::{HeldUp, HeldUpCases};
use crate::vault::identity::{Challenges, KnownSessions, Throttle, WrongFingerprints};
use crate::vault::kept_here::KeptHere;
use crate::vault::key_ages::{KeyDue, KnownDues};
use crate::vault::keyring::{Argon2Params, Keyring, KeyringError, NewPassphrase, Opened};
use crate::vault::last_backups::{BackupReport, LastBackups};
use crate::vault::ledger::{
    Book, BookError, ControlFault, Health, Ledger, MarkFault, clock_keeper, elements_of, found_log,
    keys_in_force, name_of_log, trail, write_mark, write_vkey,
};
use crate::vault::left_copies;
use crate::vault::lock::{Unlocked, VaultLock};
use crate::vault::moving::{Unended, leave_old};
use crate::vault::named_generation::NamedGeneration;
use crate::vault::other_nodes::OtherNodes;
use crate::vault::paths::Paths;
use crate::vault::peers::{Listening, Peers, PeersFault, take_keyring_at_start};
use crate::vault::private_files::{
    Exposed, exposed, make_file, make_folder, make_folder_unless_used,
};
use crate::vault::rotations::{RotationProgress, Rotations};
use crate::vault::scope::requests::PackageFile;
use crate::vault::scope::{Invitation, Scope, key_dues};
use crate::vault::settings::Settings;
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{
    Access, AtHand, ControlState, Database, LeafTimes, PlaceFault, Readers, SchemaFault, Snapshot,
    StoreError, StoreFault, Writer, case_rows, exhibit_rows, meta_rows, node_rows, note_of,
    request_rows, transfer,
};
use crate::vault::this_node::{Fault, ThisNode};

/// Why a vault could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The directory has a vault; it is left as it is.
    #[error("there is a vault in this directory already")]
    Exists,
    /// The database of a server has a vault.
    #[error("there is a vault in this database already")]
    Taken,
    /// The directory names a node already, so it cannot join as another one.
    #[error("data/node names a node of the vault already")]
    NamesANode,
    /// A file has the tables, so there is no other node.
    #[error(
        "a file has the tables of this vault, and one process serves it: it has no other nodes"
    )]
    HasAFile,
    /// The directory has no vault.
    #[error("there is no vault in this directory")]
    Missing,
    /// Another process holds the lock of this vault.
    #[error("another process has this vault open")]
    InUse,
    /// Others can change the vault's files or folders, or read a file.
    #[error(transparent)]
    Exposed(#[from] Exposed),
    /// The database and the unlocked keyring have different vault ids.
    #[error("the keyring belongs to another vault")]
    OtherVault,
    /// The keyring could not be made.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The database could not be made, opened or migrated.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The schema of the database is not the program's.
    #[error(transparent)]
    Schema(SchemaFault),
    /// The log could not be continued.
    #[error("the audit log could not be continued: {0}")]
    Log(#[from] BookError),
    /// The control rows are not those that the vault wrote last.
    #[error(transparent)]
    Control(#[from] ControlFault),
    /// The log is not the one that the high-water mark was written for.
    #[error(transparent)]
    Mark(#[from] MarkFault),
    /// An erasure that was carried out could not be ended, or not be taken over from the file beside the keyring.
    #[error("an erasure could not be ended: {0}")]
    Erasure(#[from] EraseError),
    /// A server has the tables, and the directory is no node of the vault.
    #[error("this directory is no node of the vault, or was struck off")]
    NotANode,
    /// Other nodes could not be spoken to.
    #[error(transparent)]
    Peers(#[from] PeersFault),
    /// These are the tables that the vault had before it moved.
    #[error(
        "these tables were moved to {0}; the vault goes on there, and no log goes on from them"
    )]
    Moved(String),
    /// The address of a server cannot be used.
    #[error("the address of the database: {0}")]
    Address(#[from] PlaceFault),
    /// A folder could not be made, or the file of the public key not written.
    #[error("the directory could not be used: {}", io_words(*.0))]
    Io(io::ErrorKind),
    /// The folder that the configuration names for packages could not be used.
    #[error("the folder for packages (packages.directory) could not be used: {}", io_words(*.0))]
    Packages(io::ErrorKind),
    /// The first act could not be done, or its leaf could not be made durable.
    #[error("the vault could not write its first leaf")]
    Unaudited,
}

impl From<Unlocked> for StartError {
    fn from(unlocked: Unlocked) -> Self {
        match unlocked {
            Unlocked::InUse => Self::InUse,
            Unlocked::Io(kind) => Self::Io(kind),
        }
    }
}

impl From<Unended> for StartError {
    fn from(unended: Unended) -> Self {
        match unended {
            Unended::Io(kind) => Self::Io(kind),
            Unended::Store(error) => Self::Store(error),
            Unended::Unaudited => Self::Unaudited,
        }
    }
}

impl From<SchemaFault> for StartError {
    fn from(fault: SchemaFault) -> Self {
        match fault {
            SchemaFault::Store(error) => Self::Store(error),
            fault => Self::Schema(fault),
        }
    }
}

/// A vault that was just made, and the one invitation it gave out.
pub struct Founded {
    /// The vault, open.
    pub vault: Vault,
    /// For the first administrator; shown once.
    pub invitation: Invitation,
}

impl Vault {
    /// Makes a vault: directories, keyring, database, log, first administrator.
    pub fn create(
        paths: &Paths,
        passphrase: &NewPassphrase,
        params: Argon2Params,
        administrator: OperatorName,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Founded, StartError> {
        if paths.keyring().exists() || paths.database().exists() {
            return Err(StartError::Exists);
        }
        let failed = |error: io::Error| StartError::Io(error.kind());
        make_folder_unless_used(paths.root()).map_err(failed)?;
        for folder in [paths.keys(), paths.data(), paths.packages()] {
            make_folder(&folder).map_err(failed)?;
        }
        let lock = VaultLock::take(&paths.data())?;
        let database = Database::of(paths.database(), &paths.store())?;
        if database.is_file() {
            make_database_file(paths).map_err(failed)?;
        }
        let has_server = !database.is_file();
        let mut writer = Writer::open(database)?;
        // Their owner may have made the tables before.
        if !writer.is_empty()? {
            writer.check_schema()?;
            if transfer::has_rows(&writer)? {
                return Err(StartError::Taken);
            }
        }
        if has_server {
            let id = NodeId::from_random(draw(&*entropy).map_err(KeyringError::from)?);
            ThisNode::put(paths, &id).map_err(failed)?;
        }
        let keyring =
            Keyring::create(&paths.keyring(), passphrase, params, clock.now(), &*entropy)?;
        writer.migrate(clock.now())?;
        watch(&mut writer, &keyring)?;
        let transaction = writer.begin()?;
        meta_rows::insert(&transaction, "vault", keyring.vault().as_str())?;
        let end = Frontier::new().tip();
        found_log(&transaction, &keyring, &*entropy)?;
        write_mark(paths, &keyring, &*entropy, end)?;
        transaction.commit()?;
        drop(writer);
        let vault = Self::assemble(paths, keyring, settings, clock, entropy, lock)?;
        let generation = vault.core.keys().generation();
        let (_, ended) = vault
            .perform_for(
                &Caller::system(),
                FoundVault {
                    administrator,
                    generation,
                },
            )
            .map_err(|_| StartError::Unaudited)?;
        match ended {
            Ok(Invited(invitation)) => {
                vault.core.node.iter().for_each(ThisNode::has_started);
                vault.peers.iter().try_for_each(Peers::go_on)?;
                Ok(Founded { vault, invitation })
            }
            Err(_) => Err(StartError::Unaudited),
        }
    }

    /// Says, before a vault is made, that a server has its tables: one that speaks the protocol of PostgreSQL. The
    /// address has no password; a file has it.
    pub fn put_tables_at(
        paths: &Paths,
        address: &str,
        password: Option<&Path>,
    ) -> Result<(), StartError> {
        let note = note_of(address, password)?;
        let failed = |error: io::Error| StartError::Io(error.kind());
        make_folder_unless_used(paths.root()).map_err(failed)?;
        make_folder(&paths.data()).map_err(failed)?;
        let mut file = make_file(&paths.store()).map_err(failed)?;
        let written = file.write_all(note.as_bytes());
        written.and_then(|()| file.sync_all()).map_err(failed)
    }

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

    fn assemble(
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

    /// Opens the sealed detail of every leaf and compares it with the leaf.
    pub fn check_details(&self) -> Result<(), trail::TrailFailure> {
        trail::verify_details(&self.core.paths, &self.core.keys())
    }

    /// Whether leaves can be made durable at this moment.
    pub fn health(&self) -> &Health {
        self.ledger.health()
    }

    /// How the scheduled backups went.
    pub fn backups(&self) -> BackupReport {
        self.core.backups.report()
    }

    /// The destroyed cases that a fault keeps from their end.
    pub fn held_up(&self) -> Vec<HeldUp> {
        self.core.held_up.all()
    }

    /// How far the rotations of case keys and of the root are that are under way.
    pub fn rotations(&self) -> Vec<RotationProgress> {
        self.core.key_status().1
    }

    /// The cases with an erasure that a fault keeps from its end.
    pub fn erasures_held_up(&self) -> Vec<HeldUp> {
        self.core.erasures_held_up.all()
    }

    /// The copies of the vault that a killed backup or restore left, for `doctor`.
    pub fn copies_left(paths: &Paths) -> io::Result<Vec<PathBuf>> {
        left_copies::find(paths.root(), &paths.data())
    }

    /// The keys that have a date, as they were found by [`Self::look_at_keys`]; the earliest first.
    pub fn key_dues(&self) -> Vec<KeyDue> {
        self.core.key_dues.all()
    }

    /// The server's certificate ends then.
    pub fn served_until(&self, ends: Option<Moment>) {
        self.core.key_dues.served_until(ends);
    }

    /// Called once a minute: finds out which keys are due.
    pub fn look_at_keys(&self) {
        let tip = self.core.tip();
        let snapshot = self.core.readers.snapshot();
        let found = snapshot.map_err(OperationError::from).and_then(|reader| {
            let connection = reader.connection()?;
            key_dues(&self.core, connection, tip)
        });
        if let Ok(found) = found {
            self.core.key_dues.found(found);
        }
    }

    /// How many acts wait for the ledger.
    pub fn waiting(&self) -> usize {
        self.ledger.waiting()
    }

    /// What the clocks say.
    pub fn clock(&self) -> ClockReport {
        self.core.clock.report()
    }

    /// Called once a minute: writes down how late it is while nothing else is written, and a leaf
    /// if the clock jumped or was put right.
    pub fn watch_clock(&self) {
        self.keep_time();
        let report = self.core.clock.report();
        let noted = self.noted_clock.swap(report.in_doubt(), Ordering::Relaxed);
        if noted != report.in_doubt()
            && self
                .perform(&Caller::system(), NoteClock { report })
                .is_err()
        {
            self.noted_clock.store(noted, Ordering::Relaxed);
        }
    }

    fn keep_time(&self) {
        let core = Arc::clone(&self.core);
        let kept = self.ledger.stager().stage(move |transaction| {
            clock_keeper::keep(&core, transaction)?;
            core.tell_of_node(transaction, true).map(drop)
        });
        if kept.is_err() {
            tracing::error!("the time could not be written down");
        }
    }

    /// Whether the holders of two slots of the keyring opened it, where there are two or more.
    pub fn has_its_holders(&self) -> bool {
        self.core.keys().has_its_holders()
    }

    /// Whether a server has the tables, so that other nodes may write too.
    pub fn has_nodes(&self) -> bool {
        self.core.has_server
    }

    /// The limits and lifetimes it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.core.settings
    }

    /// Who builds which package.
    pub fn package_turns(&self) -> &PackageTurns {
        &self.core.package_turns
    }

    /// The files of the vault directory.
    pub fn paths(&self) -> &Paths {
        &self.core.paths
    }

    /// Writes the last leaf and ends the ledger.
    pub fn stop(&self) -> Result<(), Refusal> {
        // First, so that nothing says after the leaf that the node runs.
        self.peers.iter().for_each(Peers::stop);
        self.perform(&Caller::system(), Stop)?;
        self.ledger.stop();
        Ok(())
    }

    /// Deletes the packages that are kept no longer, and says how many there were. Nothing is deleted while the clock
    /// is in doubt.
    pub fn delete_old_packages(&self) -> usize {
        match self.core.clock.report().in_doubt() {
            true => 0,
            false => self.packages_deleted().unwrap_or_default(),
        }
    }

    fn packages_deleted(&self) -> Result<usize, StoreError> {
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        let is_known = |request: &RequestId| request_rows::is_there(connection, request);
        let (paths, now) = (&self.core.paths, self.core.clock.measured());
        Ok(PackageFile::delete_old(paths, now, is_known))
    }

    /// Sums up requests that never reached the door, at most once a minute.
    pub fn sum_strangers(&self, requests: u64, turned_away: u64) -> Result<(), Refusal> {
        self.perform(
            &Caller::system(),
            Strangers {
                requests,
                turned_away,
            },
        )?;
        Ok(())
    }
}

/// The lock of a vault whose files are its owner's alone.
pub(in crate::vault) fn take(paths: &Paths) -> Result<VaultLock, StartError> {
    if !paths.has_database() {
        return Err(StartError::Missing);
    }
    if let Some(found) = exposed(paths).into_iter().find(Exposed::is_refused) {
        return Err(StartError::Exposed(found));
    }
    Ok(VaultLock::take(&paths.data())?)
}

/// Opens the database and verifies it: the schema, the log against the mark, the control rows. Nothing is written, but
/// for a schema that has to be brought up to date. Whoever only looks does not even do that.
pub(in crate::vault) fn prepare(
    paths: &Paths,
    keyring: Keyring,
    settings: Settings,
    (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    access: Access,
) -> Result<(Arc<Core>, Book), StartError> {
    let database = Database::of(paths.database(), &paths.store())?;
    prepare_at(database, paths, keyring, settings, (clock, entropy), access)
}

/// The same for tables that need not be those that the directory names.
pub(in crate::vault) fn prepare_at(
    database: Database,
    paths: &Paths,
    keyring: Keyring,
    settings: Settings,
    (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    access: Access,
) -> Result<(Arc<Core>, Book), StartError> {
    let has_server = !database.is_file();
    let (again, machine) = (database.clone(), Arc::clone(&clock));
    let mut writer = match access {
        Access::Work => Writer::open(database.clone())?,
        Access::Look => Writer::looking(database.clone())?,
    };
    if writer.is_empty()? {
        return Err(StartError::Store(StoreError {
            at: "migrations::check",
            fault: StoreFault::SchemaAltered,
        }));
    }
    match access {
        Access::Work => writer.migrate(clock.now())?,
        Access::Look => writer.check_schema()?,
    }
    if let Some(to) = transfer::head::moved_to(&writer)? {
        return Err(StartError::Moved(to));
    }
    let mut readers = Readers::connect(database, settings.readers, access)?;
    let at_hand = match has_server {
        true => Some(Arc::new(kept_at_hand(paths, &settings, access)?)),
        false => None,
    };
    // What follows is of one moment, also where other nodes write.
    writer.hold(access)?;
    // Nobody sends one that was struck off the newest keyring, and it needs none. Nobody vouches for the row yet: it
    // decides no more than what is said.
    let was_struck_off = has_server && was_struck_off(paths, &writer);
    let told = |fault: ControlFault| match fault {
        ControlFault::OldKeyring { .. } | ControlFault::OtherKeyring | ControlFault::OtherRoot
            if was_struck_off =>
        {
            StartError::NotANode
        }
        fault => fault.into(),
    };
    let control = watch(&mut writer, &keyring).map_err(|error| match error {
        StartError::Control(fault) => told(fault),
        error => error,
    })?;
    readers.watch(&control);
    let vault_id = keyring.vault().clone();
    if meta_rows::find(&writer, "vault")?.as_deref() != Some(vault_id.as_str()) {
        return Err(StartError::OtherVault);
    }
    let log_name = RwLock::new(name_of_log(&writer, &vault_id)?);
    let clock = Arc::new(clock_keeper::resume(&writer, &keyring, clock)?);
    let challenges = Challenges::new(&*entropy).map_err(KeyringError::from)?;
    if let Some(at_hand) = &at_hand {
        let counting = exhibit_rows::all_that_count(&writer)?;
        let counting: Vec<i64> = counting.iter().map(|exhibit| exhibit.0).collect();
        at_hand.forget_all_but(&counting);
        writer.keep(at_hand);
        readers = readers.keeping(at_hand)?;
    }
    let node = match has_server {
        true => this_node(paths, &writer, &*entropy, access)?,
        false => None,
    };
    let own_node = match &node {
        Some(node) => Some(node.id.clone()),
        None => ThisNode::id_in(paths).map_err(|error| StartError::Io(error.kind()))?,
    };
    let packages = paths.with_packages(settings.packages.as_deref());
    if access == Access::Work && settings.packages.is_some() {
        fs::read_dir(packages.packages()).map_err(|error| StartError::Packages(error.kind()))?;
        if let Some(found) = exposed(&packages).into_iter().find(Exposed::is_refused) {
            return Err(StartError::Exposed(found));
        }
        let name = packages.packages().display().to_string();
        if let Some(found) = exposed(&packages).into_iter().find(|one| one.name == name) {
            tracing::warn!(fault = %found, "others can list the packages");
        }
    }
    let core = Arc::new(Core {
        readers,
        control,
        charged: AtomicU64::new(0),
        named: NamedGeneration::read(paths, keyring.generation()),
        keyring: RwLock::new(keyring),
        admissions: Arc::new(UnderWay::new(Arc::clone(&clock))),
        clock,
        entropy,
        settings,
        vault: vault_id,
        paths: packages,
        has_server,
        node,
        own_node,
        others: Arc::new(OtherNodes::default()),
        question_alarm: QuestionAlarm::default(),
        under_way: Arc::new(PointsUnderWay::default()),
        answered: Answered::default(),
        checks: Arc::default(),
        leftovers: Leftovers::default(),
        known_cases: KnownCases::default(),
        editions: Editions::default(),
        package_turns: PackageTurns::default(),
        sessions: KnownSessions::default(),
        challenges,
        throttle: Throttle::default(),
        wrong_fingerprints: WrongFingerprints::default(),
        log_name,
        backups: LastBackups::default(),
        tip: RwLock::new(Frontier::new().tip()),
        log_verified: Mutex::new(None),
        log_on_server: Mutex::default(),
        leaf_times: LeafTimes::default(),
        shred_due: AtomicBool::new(true),
        unconfirmed: Mutex::default(),
        keyless: Mutex::default(),
        key_dues: KnownDues::default(),
        held_up: HeldUpCases::default(),
        erasures_held_up: HeldUpCases::default(),
        kept_here: KeptHere::read(paths),
        erase_due: AtomicBool::new(true),
        rotate_due: AtomicBool::new(true),
        rotations: Rotations::default(),
        marked: AtomicU64::new(0),
    });
    let book = Book::open(writer, Arc::clone(&core))?;
    book.verify_mark()?;
    if let Err(fault) = book.verify_control() {
        // It lets go of the log's head.
        drop(book);
        if was_struck_off {
            return Err(told(fault));
        }
        let is_taken = access == Access::Work && take_keyring_at_start(&core);
        let Some(Core {
            keyring,
            settings,
            entropy,
            ..
        }) = Arc::into_inner(core)
        else {
            return Err(fault.into());
        };
        let keyring = keyring.into_inner().unwrap_or_else(PoisonError::into_inner);
        return match is_taken {
            true => prepare_at(again, paths, keyring, settings, (machine, entropy), access),
            false => Err(fault.into()),
        };
    }
    book.let_go()?;
    Ok((core, book))
}

/// What is kept on this machine of tables that a server has. Whoever only looks keeps nothing on the disk. What an
/// earlier start kept of exhibits that went meanwhile is overwritten.
fn kept_at_hand(paths: &Paths, settings: &Settings, access: Access) -> Result<AtHand, StartError> {
    let folder = paths.cache();
    let is_used = settings.cache_bytes > 0 || folder.exists();
    if access == Access::Look || !is_used {
        return Ok(AtHand::default());
    }
    let failed = |error: io::Error| StartError::Io(error.kind());
    make_folder(&folder).map_err(failed)?;
    let at_hand = AtHand::with_parts(&folder, settings.cache_bytes).map_err(failed)?;
    match settings.cache_bytes {
        0 => Ok(AtHand::default()),
        _ => Ok(at_hand),
    }
}

/// Which node of the vault the directory is. Where a server has tables of which no node is known, as when they moved
/// there, whoever works with them first is the first one.
fn this_node(
    paths: &Paths,
    writer: &Writer,
    entropy: &dyn Entropy,
    access: Access,
) -> Result<Option<ThisNode>, StartError> {
    let failed = |fault| match fault {
        Fault::Io(kind) => StartError::Io(kind),
        Fault::NoEntropy => StartError::Keyring(KeyringError::NoEntropy),
    };
    let found = ThisNode::of(paths, entropy).map_err(failed)?;
    if found.is_some() || access == Access::Look || !node_rows::list(writer)?.is_empty() {
        return Ok(found);
    }
    let id = NodeId::from_random(draw(entropy).map_err(KeyringError::from)?);
    ThisNode::put(paths, &id).map_err(|error| StartError::Io(error.kind()))?;
    ThisNode::of(paths, entropy).map_err(failed)
}

/// Whether the rows say that the directory is no node any more.
fn was_struck_off(paths: &Paths, rows: &Snapshot) -> bool {
    let Ok(Some(own)) = ThisNode::id_in(paths) else {
        return false;
    };
    let all = node_rows::list_all(rows).unwrap_or_default();
    all.iter().any(|row| row.id == own && row.struck.is_some())
}

/// The first act: the vault and its first administrator.
struct FoundVault {
    administrator: OperatorName,
    generation: u64,
}

struct Invited(Invitation);

impl Answer for Invited {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(json!({}))
    }
}

impl Operation for FoundVault {
    type Action = actions::InitVault;
    type Answer = Invited;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Invited, OperationError> {
        scope.notes.generation = Some(self.generation);
        let settings = stated(&scope.core.settings)?;
        let node = scope.core.node.as_ref();
        let node =
            node.map(|node| node.row(FIRST_NODE, scope.core.clock.in_seconds(0), self.generation));
        if let Some(row) = &node {
            node_rows::insert(scope.transaction()?, row)?;
        }
        let node = node.map(|row| row.id);
        scope.note_detail(json!({ "settings": settings, "node": node }));
        scope
            .invite(&self.administrator, HomeRole::Administrator)
            .map(Invited)
    }
}

/// What the node is called that a vault is made on.
const FIRST_NODE: &str = "first";

/// All settings, for the detail of a leaf.
fn stated(settings: &Settings) -> Result<Value, OperationError> {
    serde_json::to_value(settings).map_err(|_| OperationError::Internal("settings"))
}

struct Start {
    generation: u64,
}

impl Operation for Start {
    type Action = actions::StartVault;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.notes.generation = Some(self.generation);
        let mut cleared = 0;
        // Rows of a destroyed case go in small steps, while the vault is served.
        let mut cases = case_rows::list(scope.connection)?;
        cases.retain(|case| !scope.core.is_destroyed(case));
        // What other nodes admit goes on; whoever only joins clears nothing.
        let others = scope.core.others_running(scope.connection)?;
        let joins = scope.core.has_server && scope.core.node.is_none();
        for (exhibit, case, node) in exhibit_rows::staged_at(scope.connection)? {
            if joins || node.is_some_and(|node| others.contains(&node)) {
                cases.retain(|one| one.number != case);
            } else if cases.iter().any(|one| one.number == case) {
                exhibit_rows::discard(scope.transaction()?, exhibit)?;
                cleared += 1;
            }
        }
        match &scope.core.node {
            // The tables moved to a server.
            Some(node) if node_rows::list(scope.connection)?.is_empty() => {
                let now = scope.core.clock.in_seconds(0);
                let row = node.row(FIRST_NODE, now, self.generation);
                node_rows::insert(scope.transaction()?, &row)?;
            }
            _ => {
                if !scope.core.tell_of_node(scope.transaction()?, true)? {
                    return Err(OperationError::Internal("it is a node no more"));
                }
            }
        }
        for case in cases {
            for (field, visible) in [(Field::Number, case.numbers), (Field::User, case.users)] {
                let terms = Terms {
                    case: case.number,
                    field,
                };
                terms.discard_above(scope.transaction()?, visible)?;
            }
        }
        let settings = stated(&scope.core.settings)?;
        let opened = {
            let keys = scope.core.keys();
            let opened = keys.opened();
            json!({
                "slot": opened.slot,
                "kind": opened.kind,
                "fingerprint": opened.fingerprint.to_string(),
            })
        };
        let clock = scope.clock();
        scope.notes.alarm = clock.in_doubt().then_some(Alarm::ClockJumped);
        scope.note_detail(json!({
            "leftovers_cleared": cleared,
            "node": scope.core.node.as_ref().map(|node| node.id.clone()),
            "opened_with": opened,
            "settings": settings,
            "machine": clock.machine,
            "off_by_s": clock.off_by_s,
            "stopped_s": clock.stopped_s,
        }));
        Ok(Done)
    }
}

/// The vault was opened with shares.
struct Unseal {
    opened: Opened,
}

impl Operation for Unseal {
    type Action = actions::UnsealVault;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let Opened {
            slot,
            fingerprint,
            mut shares,
            ..
        } = self.opened;
        shares.sort_unstable();
        let numbers: Vec<String> = shares.iter().map(u8::to_string).collect();
        scope.notes.object = Some(format!("shares {fingerprint} {}", numbers.join(",")));
        scope.note_detail(json!({
            "slot": slot,
            "set": fingerprint.to_string(),
            "shares": shares,
        }));
        Ok(Done)
    }
}

/// The clock jumped, or was put right.
struct NoteClock {
    report: ClockReport,
}

impl Operation for NoteClock {
    type Action = actions::NoteClock;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.notes.alarm = self.report.in_doubt().then_some(Alarm::ClockJumped);
        scope.note_detail(json!({
            "time": self.report.time,
            "machine": self.report.machine,
            "off_by_s": self.report.off_by_s,
            "stopped_s": self.report.stopped_s,
        }));
        Ok(Done)
    }
}

struct Stop;

impl Operation for Stop {
    type Action = actions::StopVault;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        // One that was struck off is found by the commit.
        let _ = scope.core.tell_of_node(scope.transaction()?, false)?;
        Ok(Done)
    }
}

struct Strangers {
    requests: u64,
    turned_away: u64,
}

impl Operation for Strangers {
    type Action = actions::SumStrangers;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.note_rows(self.requests);
        scope.note_detail(json!({ "requests": self.requests, "throttled": self.turned_away }));
        Ok(Done)
    }
}

/// Reads the control rows, which the writer is then held to.
fn watch(writer: &mut Writer, keyring: &Keyring) -> Result<Arc<ControlState>, StartError> {
    let elements = elements_of(keys_in_force(writer, keyring)?);
    let control = Arc::new(ControlState::load(writer, elements)?);
    writer.watch(&control);
    Ok(control)
}

/// An empty file for the database, whose mode SQLite gives to the files beside it. What an earlier
/// database left there is not taken for this one's.
fn make_database_file(paths: &Paths) -> io::Result<()> {
    for beside in ["-wal", "-shm", "-journal"] {
        let mut name = paths.database().into_os_string();
        name.push(beside);
        drop(make_file(Path::new(&name))?);
        fs::remove_file(&name)?;
    }
    make_file(&paths.database()).map(drop)
}
