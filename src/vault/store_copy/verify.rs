//! Opens tables to look at them: the source before anything is copied, the target before anything goes on from it.

use std::sync::Arc;

use super::fault::CopyError;
use super::target::Target;
use super::wanted::With;
use crate::vault::admission::check_exhibits;
use crate::vault::core::Core;
use crate::vault::keyring::Keyring;
use crate::vault::ledger::{Signing, trail, verifier_of};
use crate::vault::moving::Found;
use crate::vault::paths::Paths;
use crate::vault::start::{StartError, prepare_at};
use crate::vault::store::{Access, Database, Snapshot};

/// Opens the tables as a start does, without writing, and gives the keyring back.
pub(super) fn look(
    paths: &Paths,
    database: Database,
    keyring: Keyring,
    with: &With,
) -> Result<Keyring, CopyError> {
    let core = opened(paths, database, keyring, with)?;
    // One that was struck off takes the tables nowhere, also not once it has forgotten which node it was. A directory
    // whose tables a file has may be a restore's, which was no node.
    let may_be_node = core.node.is_some() || core.has_server;
    if may_be_node && !core.is_node(core.readers.snapshot()?.connection()?)? {
        return Err(StartError::NotANode.into());
    }
    keyring_of(core)
}

/// The same of the target, and everything in it: the log against its signed head, the entries by which it is searched,
/// the detail of each leaf, every sealed part of every exhibit and every term.
pub(super) fn whole(
    paths: &Paths,
    source: &Database,
    target: &Target,
    keyring: Keyring,
    with: &With,
) -> Result<(Keyring, Found), CopyError> {
    let core = opened(paths, target.database.clone(), keyring, with)?;
    let snapshot = Snapshot::of_onlooker(target.database.clone())?;
    let number = Signing::read(&snapshot)?.number();
    let key = verifier_of(&core.keys(), core.log_name(), number);
    let key = key.map_err(|error| CopyError::Unsound(error.to_string()))?;
    let verdict = trail::verify_snapshot(&snapshot, &key, &[])?;
    trail::verify_index_in(&snapshot)?;
    trail::verify_details_in(&snapshot, &core.keys())?;
    drop(snapshot);
    let checks = check_exhibits(&core);
    let checks = checks.map_err(|error| CopyError::Unread(error.name().to_owned()))?;
    if let Some(fault) = checks.iter().flat_map(|check| &check.faults).next() {
        return Err(CopyError::Unsound(fault.clone()));
    }
    let found = Found {
        from: source.engine().to_owned(),
        to: target.database.engine().to_owned(),
        rows: 0,
        leaves: verdict.size,
        root: verdict.root.to_string(),
        exhibits: checks.iter().filter(|one| one.exhibit.is_some()).count(),
        nodes_left: Vec::new(),
    };
    Ok((keyring_of(core)?, found))
}

fn opened(
    paths: &Paths,
    database: Database,
    keyring: Keyring,
    with: &With,
) -> Result<Arc<Core>, StartError> {
    let machine = (Arc::clone(&with.clock), Arc::clone(&with.entropy));
    let settings = with.settings.clone();
    let (core, book) = prepare_at(database, paths, keyring, settings, machine, Access::Look)?;
    drop(book);
    Ok(core)
}

/// The keyring of tables that nobody looks at any more.
fn keyring_of(core: Arc<Core>) -> Result<Keyring, CopyError> {
    let core = Arc::into_inner(core).ok_or(CopyError::NoHead)?;
    core.keyring.into_inner().map_err(|_| CopyError::NoHead)
}
