//! What a vault is made of before it does anything: its database, verified, and all that is kept in memory.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::error::StartError;
use crate::domain::NodeId;
use crate::vault::audit::Frontier;
use crate::vault::budget::answered::Answered;
use crate::vault::budget::package_turns::PackageTurns;
use crate::vault::budget::question_alarm::QuestionAlarm;
use crate::vault::budget::under_way::PointsUnderWay;
use crate::vault::call::edition::Editions;
use crate::vault::clock::Clock;
use crate::vault::core::Core;
use crate::vault::entropy::{Entropy, draw};
use crate::vault::exhibits::known_case::KnownCases;
use crate::vault::exhibits::leftovers::Leftovers;
use crate::vault::exhibits::under_way::UnderWay;
use crate::vault::held_up::HeldUpCases;
use crate::vault::identity::{Challenges, KnownSessions, Throttle, WrongFingerprints};
use crate::vault::kept_here::KeptHere;
use crate::vault::key_ages::KnownDues;
use crate::vault::keyring::{Keyring, KeyringError};
use crate::vault::last_backups::LastBackups;
use crate::vault::ledger::{
    Book, ControlFault, clock_keeper, elements_of, keys_in_force, name_of_log,
};
use crate::vault::lock::VaultLock;
use crate::vault::named_generation::NamedGeneration;
use crate::vault::other_nodes::OtherNodes;
use crate::vault::paths::Paths;
use crate::vault::peers::take_keyring_at_start;
use crate::vault::private_files::{Exposed, exposed, make_folder};
use crate::vault::rotations::Rotations;
use crate::vault::settings::Settings;
use crate::vault::store::{
    Access, AtHand, ControlState, Database, LeafTimes, Readers, Snapshot, StoreError, StoreFault,
    Writer, exhibit_rows, meta_rows, node_rows, transfer,
};
use crate::vault::this_node::{Fault, ThisNode};

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

/// Reads the control rows, which the writer is then held to.
pub(super) fn watch(
    writer: &mut Writer,
    keyring: &Keyring,
) -> Result<Arc<ControlState>, StartError> {
    let elements = elements_of(keys_in_force(writer, keyring)?);
    let control = Arc::new(ControlState::load(writer, elements)?);
    writer.watch(&control);
    Ok(control)
}
