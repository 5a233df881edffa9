//! The row of the log's head: what state a database is in, and the mark on tables that moved elsewhere.

use ring::digest::{Context, SHA256};

use crate::vault::store::checkpoint_rows;
use crate::vault::store::error::{StoreError, one};
use crate::vault::store::snapshot::Snapshot;
use crate::vault::store::transaction::Transaction;
use crate::vault::store::value::values;

/// What the note of moved tables begins with.
const MOVED: &str = "moved to ";

/// A digest of the head. Every commit of a vault changes it.
pub(crate) fn digest(of: &Snapshot) -> Result<Option<[u8; 32]>, StoreError> {
    let Some((size, note)) = checkpoint_rows::newest(of)? else {
        return Ok(None);
    };
    let control = checkpoint_rows::control_seal(of)?.unwrap_or_default();
    Ok(digest_of(size, &note, &control))
}

/// The digest that the head had before the tables were marked as moved, when the log had so many leaves; nothing if
/// they are not marked.
pub(crate) fn digest_before(of: &Snapshot, leaves: u64) -> Result<Option<[u8; 32]>, StoreError> {
    let Some((_, note)) = checkpoint_rows::newest(of)? else {
        return Ok(None);
    };
    let marked = note.strip_prefix(MOVED);
    let Some((_, note)) = marked.and_then(|marked| marked.split_once("\n\n")) else {
        return Ok(None);
    };
    let control = checkpoint_rows::control_seal(of)?.unwrap_or_default();
    Ok(digest_of(leaves, note, &control))
}

fn digest_of(size: u64, note: &str, control: &[u8]) -> Option<[u8; 32]> {
    let mut digest = Context::new(&SHA256);
    for part in [&size.to_be_bytes()[..], note.as_bytes(), control] {
        digest.update(&(part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finish().as_ref().try_into().ok()
}

/// Where the tables were moved, if they were.
pub(crate) fn moved_to(of: &Snapshot) -> Result<Option<String>, StoreError> {
    let note = checkpoint_rows::newest(of)?.map(|(_, note)| note);
    let to = note.as_deref().and_then(|note| note.strip_prefix(MOVED));
    Ok(to.map(|to| to.lines().next().unwrap_or_default().to_owned()))
}

/// Marks the tables as moved. No log goes on from such a head: its signature is behind the mark, and its size is more
/// than any log has, so that a writer that has the older head in memory cannot put another one in its place either.
pub(crate) fn mark_moved(of: &Transaction, to: &str) -> Result<(), StoreError> {
    let at = "transfer::mark_moved";
    let (_, note) = checkpoint_rows::newest(of)?.ok_or(StoreError::inconsistent(at))?;
    let note = format!("{MOVED}{to}\n\n{note}");
    let sql = "-- transfer::mark_moved\nUPDATE checkpoint SET size = ?1, note = ?2 WHERE one = 1";
    one(at, of.execute(at, sql, values![i64::MAX, note.as_str()])?)
}
