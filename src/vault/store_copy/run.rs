//! The steps of a move, in their order.

use std::path::Path;
use std::sync::Arc;

use super::alone::alone;
use super::fault::CopyError;
use super::switch::switch;
use super::target::Target;
use super::verify;
use super::wanted::{Place, Step, Told, With};
use crate::domain::hex;
use crate::vault::clock::Clock;
use crate::vault::door::Vault;
use crate::vault::entropy::draw;
use crate::vault::keyring::Keyring;
use crate::vault::lock::VaultLock;
use crate::vault::moving::{Found, Moving, leave_old, store_of};
use crate::vault::paths::Paths;
use crate::vault::start::{self, StartError};
use crate::vault::store::{Database, Snapshot, Writer, note_of, transfer};

/// Moves the tables of a vault that nobody serves. Goes on with an attempt that was killed, and ends one that had
/// changed `data/store` already, wherever that went.
///
/// # Errors
///
/// Something is in the way, or what was copied does not verify. Then the vault's tables are where they were.
pub fn move_tables(
    paths: &Paths,
    place: Place<'_>,
    keyring: Keyring,
    with: &With,
    told: Told<'_>,
) -> Result<Found, CopyError> {
    let to = place.note()?;
    let lock = start::take(paths)?;
    // An attempt that was killed may have marked the old tables, and named the new ones nowhere yet.
    leave_old(paths)?;
    let before = Moving::read(paths)?;
    if let Some(moved) = before.as_ref().filter(|one| one.verified.is_some())
        && moved.is_done(paths)?
    {
        return end(paths, keyring, with, lock);
    }
    let from = store_of(paths)?;
    if from == to {
        return Err(CopyError::There);
    }
    let source = Database::of(paths.database(), &paths.store())?;
    alone(&source, CopyError::SourceServed)?;
    let keyring = verify::look(paths, source.clone(), keyring, with)?;
    let snapshot = Snapshot::of_onlooker(source.clone())?;
    let head = transfer::head::digest(&snapshot)?.ok_or(CopyError::NoHead)?;
    let known = before.filter(|one| (&one.from, &one.to) == (&from, &to));
    let moving = Moving {
        from,
        to,
        head: hex::encode(&head),
        stale: false,
        verified: None,
        left: false,
    };
    let target = Target::open(paths, known.as_ref(), moving, with.clock.now())?;
    let rows = fill(paths, &snapshot, &target, with, told)?;
    told(Step::Verify, 0, 1);
    let (keyring, found) = match verify::whole(paths, &source, &target, keyring, with) {
        Ok(whole) => whole,
        Err(fault) => {
            target.spoil(paths)?;
            return Err(fault);
        }
    };
    let found = Found { rows, ..found };
    told(Step::Verify, 1, 1);
    drop(snapshot);
    switch(paths, &source, target, found)?;
    end(paths, keyring, with, lock)
}

/// Makes the tables in a database, or brings them up to date, as their owner.
///
/// # Errors
///
/// The address cannot be used, or the tables there are not this program's.
pub fn prepare(address: &str, password: Option<&Path>, clock: &dyn Clock) -> Result<(), CopyError> {
    let database = Database::noted(&note_of(address, password)?)?;
    let writer = Writer::open(database)?;
    writer.migrate(clock.now()).map_err(StartError::from)?;
    Ok(())
}

/// Copies what the target lacks, compares both, and copies the head. Answers how many rows there are.
fn fill(
    paths: &Paths,
    from: &Snapshot,
    target: &Target,
    with: &With,
    told: Told<'_>,
) -> Result<u64, CopyError> {
    let all = transfer::count(from)?;
    transfer::copy(from, &target.writer, &mut |rows| {
        told(Step::Copy, rows, all)
    })?;
    let random: [u8; 32] = draw(&*with.entropy).map_err(|_| CopyError::Entropy)?;
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &random);
    let element = |row: &[u8]| {
        let mut element = [0; 32];
        element.copy_from_slice(ring::hmac::sign(&key, row).as_ref());
        element
    };
    let compared = transfer::compare(from, &target.writer, &element, &mut |rows| {
        told(Step::Compare, rows, all);
    })?;
    if let Some(table) = compared.differs {
        target.spoil(paths)?;
        return Err(CopyError::Differs(table));
    }
    transfer::copy_head(from, &target.writer)?;
    if transfer::head::digest(&target.writer)? != transfer::head::digest(from)? {
        target.spoil(paths)?;
        return Err(CopyError::Differs("checkpoint"));
    }
    Ok(compared.rows)
}

/// Opens the vault where its tables are now, which ends the move.
fn end(paths: &Paths, keyring: Keyring, with: &With, lock: VaultLock) -> Result<Found, CopyError> {
    let found = Moving::read(paths)?.and_then(|moving| moving.verified);
    let mut found = found.ok_or(CopyError::NoHead)?;
    // The start takes it. Whoever takes it before ends the move, too.
    drop(lock);
    let (settings, clock) = (with.settings.clone(), Arc::clone(&with.clock));
    match Vault::open(paths, keyring, settings, clock, Arc::clone(&with.entropy)) {
        Ok(vault) => {
            found.nodes_left = vault.nodes_left()?;
            vault.stop().map_err(|_| CopyError::Unended)?;
        }
        Err(StartError::InUse) => {}
        Err(fault) => return Err(CopyError::NotOpened(Box::new(fault))),
    }
    match Moving::read(paths)? {
        None => Ok(found),
        Some(_) => Err(CopyError::Unended),
    }
}
