//! Whether the log in the database is the one that the vault wrote, for acts that read it.
//!
//! A leaf that is read is proved into the root that the ledger keeps in memory, and the columns beside it are compared
//! with it. A search could also miss leaves whose columns or entries in the index were changed, so the whole log and
//! its index are verified before the first one, in the snapshot that the search reads. What the vault adds itself is
//! trusted; after a foreign write the whole log is verified again. A difference is noted as damage of the table, as it
//! is for control rows.

use std::sync::PoisonError;

use super::book::log_key_at;
use super::stored_log::StoredHashes;
use super::trail::DenseHashes;
use crate::policy::ActionKind;
use crate::vault::audit::{Claim, Frontier, Leaves as _, Tip, agrees, verify_stored};
use crate::vault::core::{Core, LogVerified};
use crate::vault::store::{
    Snapshot, StoreError, StoreFault, checkpoint_rows, leaf_index_rows, leaf_rows,
};

/// The bytes of a leaf of this tree, proved; `None` beyond its end.
pub(in crate::vault) fn proven_leaf(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    seq: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    if seq >= tip.size {
        return Ok(None);
    }
    let damaged = || core.control.found_damaged(LEAF);
    let origin = core.log_name().to_string();
    let mut found = None;
    let read = leaf_rows::with_one(connection, seq, |leaves| {
        leaves.next_into(&mut |leaf| found = agrees(&leaf, &origin).then(|| leaf.bytes.to_vec()))
    })?;
    let leaf = found.filter(|_| read.is_ok());
    let proven = leaf.filter(|leaf| tip.prove(seq, leaf, &StoredHashes(connection)).is_ok());
    match proven {
        Some(leaf) => Ok(Some(leaf)),
        None => {
            is_there(connection)?;
            Err(damaged())
        }
    }
}

/// Fails if the server went away: then what could not be read is not what somebody changed.
fn is_there(connection: &Snapshot) -> Result<(), StoreError> {
    checkpoint_rows::newest(connection).map(drop)
}

/// Verifies the whole log up to its newest checkpoint for an act, unless that was done and nobody else wrote since.
/// Answers after how many foreign writes it was done. With a server, an act for which it is done now has what it reads
/// verified, whatever others write meanwhile: databases beside this one look like that without end.
pub(in crate::vault) fn verify_all(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    by: ActionKind,
) -> Result<u64, StoreError> {
    if core.control.has_company() {
        // Other nodes write too, so nothing tells what somebody else wrote since. What this act reads is verified, and
        // it reads nothing else.
        let size = verify(core, connection, tip)?;
        note_verified(core, OWN_SNAPSHOT, size, by);
        return Ok(OWN_SNAPSHOT);
    }
    let writes = connection.foreign_writes();
    let mut verified = core
        .log_verified
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if verified.is_none_or(|last| last.writes != writes) {
        *verified = None;
        let size = verify(core, connection, tip)?;
        *verified = Some(LogVerified {
            writes,
            at: core.clock.now(),
            size,
            by,
        });
        if core.has_server {
            return Ok(OWN_SNAPSHOT);
        }
    }
    Ok(writes)
}

/// In the place of a count of foreign writes: the whole log was verified in the snapshot that the act read.
const OWN_SNAPSHOT: u64 = u64::MAX;

fn note_verified(core: &Core, writes: u64, size: u64, by: ActionKind) {
    let mut verified = core
        .log_verified
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    *verified = Some(LogVerified {
        writes,
        at: core.clock.now(),
        size,
        by,
    });
}

/// Fails if somebody else wrote after the log was verified for an act on a snapshot. What the act read may then be
/// something else than what was verified, so it is no answer even if the log is whole.
pub(in crate::vault) fn verify_again(
    core: &Core,
    connection: &Snapshot,
    writes: u64,
    by: ActionKind,
) -> Result<(), StoreError> {
    if writes == OWN_SNAPSHOT || connection.foreign_writes() == writes {
        return Ok(());
    }
    verify_all(core, connection, core.tip(), by)?;
    if core.has_server {
        // Others may write before each act: the next one verifies what it reads.
        let mut verified = core
            .log_verified
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &mut *verified {
            last.writes = OWN_SNAPSHOT;
        }
    }
    Err(StoreError {
        at: "leaf::verify",
        fault: StoreFault::Busy,
    })
}

/// Answers how many leaves the log has.
fn verify(core: &Core, connection: &Snapshot, tip: Tip) -> Result<u64, StoreError> {
    let damaged = |table| core.control.found_damaged(table);
    let (size, note) = match checkpoint_rows::newest(connection) {
        Ok(found) => found.ok_or_else(|| damaged(CHECKPOINT))?,
        Err(error) if error.fault == StoreFault::Inconsistent => return Err(damaged(CHECKPOINT)),
        Err(error) => return Err(error),
    };
    let key = log_key_at(core, connection, size)?;
    let claim = Claim {
        checkpoint: note.as_bytes(),
        key: &key,
        kept: &[],
    };
    // A transaction has leaves of its own behind those of the checkpoint.
    let hashes = DenseHashes(connection);
    let found = leaf_rows::with_before(connection, size, |leaves| {
        verify_stored(leaves, &claim, Some(&hashes))
    })?;
    if found.is_err() {
        is_there(connection)?;
    }
    match found {
        Ok((verdict, None)) if verdict.size == size && size >= tip.size => {}
        Ok((_, None)) => return Err(damaged(CHECKPOINT)),
        Ok((_, Some(_))) | Err(_) => return Err(damaged(LEAF)),
    }
    // A search goes by the index, so it must have every leaf, and each leaf must be found by its number.
    let order = leaf_rows::check_order(connection).map_err(|error| (LEAF, error));
    let checked = order.and_then(|()| {
        leaf_index_rows::check(connection, size).map_err(|error| (LEAF_INDEX, error))
    });
    match checked {
        Ok(()) => {}
        Err((table, error)) if error.is_broken_file() => return Err(damaged(table)),
        Err((_, error)) => return Err(error),
    }
    // The stored hashes are those of the leaves. What was signed must continue what this process wrote.
    match Frontier::read(tip.size, &hashes) {
        Ok(frontier) if frontier.root() == tip.root => Ok(size),
        _ => {
            is_there(connection)?;
            Err(damaged(LEAF))
        }
    }
}

const LEAF: &str = "leaf";
const LEAF_INDEX: &str = "leaf_index";
const CHECKPOINT: &str = "checkpoint";
