//! Whether the log in the database is the one that the vault wrote, for acts that read it.
//!
//! A leaf that is read is proved into the root that the ledger keeps in memory, and the columns beside it are compared
//! with it. A search could also miss leaves whose columns or entries in the index were changed, so the whole log and
//! its index are verified before the first one, in the snapshot that the search reads. What the vault adds itself is
//! trusted; after a foreign write the whole log is verified again. A difference is noted as damage of the table, as it
//! is for control rows.
//!
//! Where a server has the tables, an act goes by what it verified itself: the leaves that are new since the whole log
//! was verified, whose hashes have to make the root of the signed checkpoint with those of before. Nothing tells there
//! what somebody else changed of older ones once other nodes write, so the whole log is verified again now and then.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::book::log_key_at;
use super::stored_log::StoredHashes;
use super::trail::DenseHashes;
use crate::policy::ActionKind;
use crate::vault::audit::{
    Checkpoint, Claim, Frontier, Leaves as _, Tip, agrees, leaf_hash, verify_stored,
};
use crate::vault::core::{Core, LogVerified, VerifiedLog};
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
/// Answers after how many foreign writes it was done: a name for the verification. With a server, what the act reads is
/// verified in its own snapshot, whatever others write meanwhile: databases beside this one look like that without end.
pub(in crate::vault) fn verify_all(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    by: ActionKind,
) -> Result<u64, StoreError> {
    if core.has_server {
        return verify_on_server(core, connection, tip, by);
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
    }
    Ok(writes)
}

/// The same for whoever says to others that the whole log is as the vault wrote it.
pub(in crate::vault) fn verify_anew(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    by: ActionKind,
) -> Result<(), StoreError> {
    if core.has_server {
        let known = core.log_on_server.lock();
        known.unwrap_or_else(PoisonError::into_inner).last = None;
    }
    verify_all(core, connection, tip, by).map(drop)
}

/// With other nodes beside it, a node verifies the whole log again after this time, and takes no more than a twentieth
/// of the time for it.
const AGAIN: Duration = Duration::from_secs(60);
const PART: u32 = 20;

/// Whether only newer leaves have to be verified.
fn holds(last: &VerifiedLog, core: &Core, connection: &Snapshot) -> bool {
    let is_fresh = last.at.elapsed() < AGAIN.max(last.took.saturating_mul(PART));
    last.writes == connection.foreign_writes() || (core.control.has_company() && is_fresh)
}

/// The same where a server has the log. Answers the number of the verification of the whole log that it goes on from.
fn verify_on_server(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    by: ActionKind,
) -> Result<u64, StoreError> {
    let mut known = core
        .log_on_server
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(mut last) = known.last.take()
        && holds(&last, core, connection)
    {
        if let Some(frontier) = verify_rest(core, connection, tip, &last.frontier)? {
            last.frontier = frontier;
        }
        known.last = Some(last);
        return Ok(known.wholes);
    }
    let (writes, since) = (connection.foreign_writes(), Instant::now());
    let size = verify(core, connection, tip)?;
    let frontier = Frontier::read(size, &DenseHashes(connection))
        .map_err(|_| core.control.found_damaged(LEAF))?;
    known.wholes += 1;
    known.last = Some(VerifiedLog {
        frontier,
        writes,
        at: Instant::now(),
        took: since.elapsed(),
    });
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
    Ok(known.wholes)
}

/// Verifies the leaves that come after those of a log that was verified. Answers where they end; nothing if the
/// snapshot has no more.
fn verify_rest(
    core: &Core,
    connection: &Snapshot,
    tip: Tip,
    before: &Frontier,
) -> Result<Option<Frontier>, StoreError> {
    let damaged = |table| core.control.found_damaged(table);
    let (size, note) = newest(core, connection)?;
    if size < tip.size {
        return Err(damaged(CHECKPOINT));
    }
    if size <= before.size() {
        return Ok(None);
    }
    let origin = core.log_name().to_string();
    let mut frontier = before.clone();
    let mut agree = true;
    let read = leaf_rows::with_from(connection, before.size(), size, |leaves| {
        loop {
            let more = leaves.next_into(&mut |leaf| {
                agree &= leaf.number == frontier.size() && agrees(&leaf, &origin);
                frontier.append(leaf_hash(leaf.bytes));
                agree &= frontier.size() != tip.size || frontier.root() == tip.root;
            });
            match more {
                Ok(true) => {}
                Ok(false) => return true,
                Err(_) => return false,
            }
        }
    })?;
    if !read || !agree {
        return Err(damaged(LEAF));
    }
    let key = log_key_at(core, connection, size)?;
    let signed = Checkpoint::open(note.as_bytes(), &key).ok();
    if signed.is_none_or(|signed| (signed.size, signed.root) != (size, frontier.root())) {
        return Err(damaged(CHECKPOINT));
    }
    match leaf_index_rows::check_new(connection, before.size(), size) {
        Ok(()) => Ok(Some(frontier)),
        Err(error) if error.is_broken_file() => Err(damaged(LEAF_INDEX)),
        Err(error) => Err(error),
    }
}

/// The size of the newest checkpoint and its note.
fn newest(core: &Core, connection: &Snapshot) -> Result<(u64, String), StoreError> {
    let damaged = || core.control.found_damaged(CHECKPOINT);
    match checkpoint_rows::newest(connection) {
        Ok(found) => found.ok_or_else(damaged),
        Err(error) if error.fault == StoreFault::Inconsistent => Err(damaged()),
        Err(error) => Err(error),
    }
}

/// Fails if somebody else wrote after the log was verified for an act on a snapshot. What the act read may then be
/// something else than what was verified, so it is no answer even if the log is whole.
pub(in crate::vault) fn verify_again(
    core: &Core,
    connection: &Snapshot,
    writes: u64,
    by: ActionKind,
) -> Result<(), StoreError> {
    // With a server, all that the act read was verified in its own snapshot.
    if core.has_server || connection.foreign_writes() == writes {
        return Ok(());
    }
    verify_all(core, connection, core.tip(), by)?;
    Err(StoreError {
        at: "leaf::verify",
        fault: StoreFault::Busy,
    })
}

/// Answers how many leaves the log has.
fn verify(core: &Core, connection: &Snapshot, tip: Tip) -> Result<u64, StoreError> {
    let damaged = |table| core.control.found_damaged(table);
    let (size, note) = newest(core, connection)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::actions;
    use crate::vault::records::tests::fixture::Fixture;
    use crate::vault::store::{Tables, take_statements};
    use crate::vault::{Settings, Vault};

    /// How the log is verified for a search, and by which statements.
    fn verified(vault: &Vault) -> (Result<u64, StoreError>, Vec<String>) {
        let tip = vault.core.tip();
        let reader = vault.core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        take_statements();
        let by = ActionKind::SearchLeaves;
        let number = verify_all(&vault.core, connection, tip, by);
        let name = |sql: &String| sql.lines().next().unwrap_or_default().to_owned();
        (number, take_statements().iter().map(name).collect())
    }

    #[test]
    fn while_another_node_writes_only_new_leaves_are_verified_and_what_they_lack_is_found() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let (second, _directory) = fixture.second_node();
        let write = |leaves: usize| {
            for _ in 0..leaves {
                let read = fixture.ask::<actions::ReadCase, _>(&fixture.lead, |_| Ok(()));
                read.unwrap();
            }
        };
        write(1);
        let (whole, run) = verified(&second);
        let is_whole = |run: &[String]| run.iter().any(|name| name == "-- leaf_index::all");
        assert!(is_whole(&run), "{run:?}");
        for leaves in [0, 1, 5] {
            write(leaves);
            let (number, run) = verified(&second);
            assert_eq!(number, whole);
            assert!(!is_whole(&run), "{run:?}");
            let pages = run.iter().filter(|name| *name == "-- leaf::page").count();
            assert!(pages <= 2, "{run:?}");
        }
        // Over an end of the index.
        write(260);
        let (number, run) = verified(&second);
        assert_eq!(number, whole);
        assert!(
            run.contains(&"-- leaf_index::check_new".to_owned()),
            "{run:?}"
        );
        assert_eq!(second.core.control.damage(), None);

        // A leaf that a search would miss, and one that says something else than its column.
        write(260);
        let size = leaf_rows::count(&fixture.writer).unwrap();
        let last = size - size % 256 - 1;
        let sql = format!("DELETE FROM leaf_index WHERE criterion = 5 AND seq = {last}");
        assert_eq!(fixture.writer.change(&sql), 1);
        let (refused, _) = verified(&second);
        assert_eq!(refused.unwrap_err().fault, StoreFault::Tampered);
        assert_eq!(second.core.control.damage(), Some(LEAF_INDEX));
    }
}
