//! The audit log of a vault directory, read offline: verified, and exported.
//!
//! It reads one snapshot of the database and never writes, so the server may be running. It needs no
//! passphrase and no key but the public one. Called by the command line. Two things it cannot find
//! out: that leaves are missing at the end, unless a kept checkpoint is given; and that the public
//! key is the vault's, if it is read from the same directory.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::iter;
use std::path::Path;

use super::control_seal::{self, ControlFault};
use super::details;
use super::mark::{self, MarkFault};
use super::signing::Signing;
use crate::domain::io_words;
use crate::vault::audit::{
    Beside, Checkpoint, Claim, ExportError, Failure, Frontier, Hash, Hashes, KeyError, Leaves,
    StoredLeaf, Successor, Unreadable, Verdict, VerifierKey, WrongColumn, verify_stored,
    write_log_to,
};
use crate::vault::keyring::Keyring;
use crate::vault::paths::Paths;
use crate::vault::store::leaf_rows::LeafReader;
use crate::vault::store::{
    Database, SchemaFault, Snapshot, StoreError, StoreFault, checkpoint_rows, leaf_index_rows,
    leaf_rows, transfer, tree_hash_rows,
};

/// Why a vault's log was not found good.
#[derive(Debug, thiserror::Error)]
pub enum TrailFailure {
    /// There is no database in the directory.
    #[error("there is no vault's database in this directory")]
    Missing,
    /// The public key file could not be read.
    #[error("the log's public key (data/audit.vkey) could not be read: {}", io_words(*.0))]
    NoKey(io::ErrorKind),
    /// The public key file has no valid verifier key.
    #[error("data/audit.vkey does not hold a verifier key")]
    Key(#[source] KeyError),
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The schema of the database is not the program's.
    #[error(transparent)]
    Schema(SchemaFault),
    /// The database has no signed checkpoint, so nothing can be verified.
    #[error("the database has no signed checkpoint")]
    NoCheckpoint,
    /// These are the tables of before a move.
    #[error("these tables were moved to {0}; the vault goes on there")]
    Moved(String),
    /// The leaves, hashes and checkpoint do not agree.
    #[error(transparent)]
    Log(#[from] Failure),
    /// A column that repeats a part of a leaf has another value than the leaf.
    #[error("the column `{column}` beside leaf {leaf} does not say what the leaf says")]
    Column {
        /// The leaf's number, from 0.
        leaf: u64,
        /// The name of the column.
        column: &'static str,
    },
    /// The entries by which the log is searched are not those of its leaves.
    #[error(
        "the table `leaf_index`, by which the log is searched, does not say what the leaves say"
    )]
    Index,
    /// The stored size of the checkpoint is not the one that is signed.
    #[error("the size beside the signed checkpoint is not the size in it")]
    CheckpointSize,
    /// The log is not the one that the high-water mark was written for.
    #[error(transparent)]
    Mark(#[from] MarkFault),
    /// The seal over the control rows is not that of the log's end, or the keyring was put back.
    #[error(transparent)]
    Control(ControlFault),
    /// A sealed detail is missing, or is not the one that its leaf commits to.
    #[error(
        "the sealed detail of leaf {leaf} is missing, or is not the one that the leaf commits to"
    )]
    Detail {
        /// The leaf's number, from 0.
        leaf: u64,
    },
    /// The log could not be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The public key could not be written into the folder of the export.
    #[error("the public key could not be written beside the exported log: {}", io_words(*.0))]
    Vkey(io::ErrorKind),
}

impl From<SchemaFault> for TrailFailure {
    fn from(fault: SchemaFault) -> Self {
        match fault {
            SchemaFault::Store(error) => Self::Store(error),
            fault => Self::Schema(fault),
        }
    }
}

impl From<ControlFault> for TrailFailure {
    fn from(fault: ControlFault) -> Self {
        match fault {
            ControlFault::Store(error) => Self::Store(error),
            fault => Self::Control(fault),
        }
    }
}

impl TrailFailure {
    /// Whether the log is at fault, and not only the attempt to read it.
    pub fn is_verification_failure(&self) -> bool {
        match self {
            Self::NoCheckpoint
            | Self::Log(_)
            | Self::Column { .. }
            | Self::Index
            | Self::CheckpointSize
            | Self::Detail { .. }
            | Self::Control(_) => true,
            Self::Mark(fault) => !matches!(fault, MarkFault::Unreadable(_)),
            Self::Export(error) => matches!(
                error,
                ExportError::Size { .. } | ExportError::Checkpoint(_) | ExportError::TooLong { .. }
            ),
            Self::Store(error) => {
                matches!(error.fault, StoreFault::Damaged | StoreFault::Inconsistent)
            }
            // A newer one is somebody's mistake.
            Self::Schema(fault) => *fault != SchemaFault::Newer,
            Self::Missing | Self::Moved(_) | Self::NoKey(_) | Self::Key(_) | Self::Vkey(_) => false,
        }
    }
}

/// Verifies the log in the database against `key`, or against the key that lies
/// in the directory itself; `kept` are checkpoints that were kept elsewhere.
pub fn verify_directory(
    paths: &Paths,
    key: Option<VerifierKey>,
    kept: &[Vec<u8>],
) -> Result<Verdict, TrailFailure> {
    let (key, snapshot) = match key {
        Some(key) => (key, snapshot(paths)?),
        None => key_beside(paths)?,
    };
    verify_snapshot(&snapshot, &key, kept)
}

/// Verifies the log in a snapshot.
pub(in crate::vault) fn verify_snapshot(
    snapshot: &Snapshot,
    key: &VerifierKey,
    kept: &[Vec<u8>],
) -> Result<Verdict, TrailFailure> {
    if let Some(to) = transfer::head::moved_to(snapshot)? {
        return Err(TrailFailure::Moved(to));
    }
    let (size, note) = checkpoint_rows::newest(snapshot)?.ok_or(TrailFailure::NoCheckpoint)?;
    let claim = Claim {
        checkpoint: note.as_bytes(),
        key,
        kept,
    };
    let (verdict, wrong) = leaf_rows::with_all(snapshot, |leaves| {
        verify_stored(leaves, &claim, Some(&DenseHashes(snapshot)))
    })??;
    match wrong {
        Some(WrongColumn { leaf, column }) => Err(TrailFailure::Column { leaf, column }),
        None if size != verdict.size => Err(TrailFailure::CheckpointSize),
        None => Ok(verdict),
    }
}

/// Compares the entries by which the log is searched with the leaves, which were verified before. The vault may be
/// served.
pub fn verify_index(paths: &Paths) -> Result<(), TrailFailure> {
    verify_index_in(&snapshot(paths)?)
}

/// The same in a snapshot.
pub(in crate::vault) fn verify_index_in(snapshot: &Snapshot) -> Result<(), TrailFailure> {
    let (size, _) = checkpoint_rows::newest(snapshot)?.ok_or(TrailFailure::NoCheckpoint)?;
    leaf_index_rows::check(snapshot, size).map_err(|error| match error.fault {
        StoreFault::Inconsistent => TrailFailure::Index,
        _ => TrailFailure::Store(error),
    })
}

/// Compares the log in the database with the high-water mark, and the keyring's generation with the
/// one in the seal of the log's end. The vault may be served. Answers the size of the mark.
pub fn verify_mark(paths: &Paths, keyring: &Keyring) -> Result<u64, TrailFailure> {
    // Read before the log, which only grows.
    let mark = mark::read(paths, keyring)?.tip;
    let snapshot = snapshot(paths)?;
    let size = leaf_rows::count(&snapshot)?;
    let tip = |size| {
        let edge = Frontier::read(size, &DenseHashes(&snapshot));
        edge.map(|edge| edge.tip()).map_err(|_| MarkFault::Tree)
    };
    mark::verify(mark, size, |size| tip(size).ok().map(|tip| tip.root))?;
    control_seal::verify_generation(&snapshot, keyring, tip(size)?)?;
    Ok(mark.size)
}

/// Opens the sealed detail of every leaf and compares it with the leaf. The vault may be served.
pub fn verify_details(paths: &Paths, keyring: &Keyring) -> Result<(), TrailFailure> {
    verify_details_in(&snapshot(paths)?, keyring)
}

/// The same in a snapshot.
pub(in crate::vault) fn verify_details_in(
    snapshot: &Snapshot,
    keyring: &Keyring,
) -> Result<(), TrailFailure> {
    match details::first_wrong(snapshot, keyring)? {
        Some(leaf) => Err(TrailFailure::Detail { leaf }),
        None => Ok(()),
    }
}

impl Leaves for LeafReader<'_> {
    fn next_into(&mut self, take: &mut dyn FnMut(StoredLeaf<'_>)) -> Result<bool, Unreadable> {
        let Some(row) = self.next().map_err(|_| Unreadable)? else {
            return Ok(false);
        };
        take(StoredLeaf {
            number: row.seq,
            bytes: row.bytes,
            beside: Some(Beside {
                time: row.time,
                operator: row.operator,
                case: row.case,
                object: row.object,
                action: row.action,
                outcome: row.outcome,
            }),
        });
        Ok(true)
    }
}

/// Writes the log as plain files (c2sp.org/tlog-tiles) and the public key beside
/// them. Answers how many leaves there are. It verifies nothing.
pub fn export_directory(paths: &Paths, out: &Path) -> Result<u64, TrailFailure> {
    let (key, snapshot) = key_beside(paths)?;
    let (_, note) = checkpoint_rows::newest(&snapshot)?.ok_or(TrailFailure::NoCheckpoint)?;
    let written = leaf_rows::with_all(&snapshot, |leaves| {
        let mut next = || Ok::<_, StoreError>(leaves.next()?.map(|leaf| leaf.bytes.to_vec()));
        write_log_to(out, iter::from_fn(|| next().transpose()), &note)
    })??;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(out.join(EXPORTED_VKEY))
        .and_then(|mut file| file.write_all(format!("{key}\n").as_bytes()))
        .map_err(|error| TrailFailure::Vkey(error.kind()))?;
    Ok(written)
}

/// What the schema of the database is worth, without opening the vault.
pub fn check_schema(paths: &Paths) -> Result<(), TrailFailure> {
    snapshot(paths).map(drop)
}

/// The size of the log and whether its checkpoint reads, for people who look.
pub fn newest_checkpoint(paths: &Paths) -> Result<Checkpoint, TrailFailure> {
    let (key, snapshot) = key_beside(paths)?;
    let (_, note) = checkpoint_rows::newest(&snapshot)?.ok_or(TrailFailure::NoCheckpoint)?;
    Checkpoint::open(note.as_bytes(), &key).map_err(|_| TrailFailure::NoCheckpoint)
}

/// The name of the public key's file in an exported log.
pub const EXPORTED_VKEY: &str = "audit.vkey";

/// The public key that lies beside the log, or its successor: see [`key_beside`].
pub(in crate::vault) fn own_key(paths: &Paths) -> Result<VerifierKey, TrailFailure> {
    Ok(key_beside(paths)?.0)
}

/// The public key that lies beside the log.
fn key_in_file(paths: &Paths) -> Result<VerifierKey, TrailFailure> {
    let text =
        fs::read_to_string(paths.vkey()).map_err(|error| TrailFailure::NoKey(error.kind()))?;
    text.trim().parse().map_err(TrailFailure::Key)
}

/// The public key that lies beside the log, or its successor if the log says that it has one: a process that
/// was killed between the commit and the file leaves the key of before, until the next start. Nothing is trusted by it
/// that was not: the successor is signed by the key that lies there.
fn key_beside(paths: &Paths) -> Result<(VerifierKey, Snapshot), TrailFailure> {
    let key = key_in_file(paths)?;
    let snapshot = snapshot(paths)?;
    let successor = successor_of(&key, &snapshot);
    Ok((successor.unwrap_or(key), snapshot))
}

fn successor_of(key: &VerifierKey, snapshot: &Snapshot) -> Option<VerifierKey> {
    let signing = Signing::read(snapshot).ok()?;
    let seq = signing.successions().last()?.leaf;
    let mut found = None;
    let read = leaf_rows::with_one(snapshot, seq, |leaves| {
        leaves.next_into(&mut |leaf| found = Successor::of_leaf(leaf.bytes))
    });
    read.ok()?.ok()?;
    found
        .filter(|found| found.before == *key)
        .map(|found| found.after)
}

/// One snapshot of a database whose schema is the known one.
fn snapshot(paths: &Paths) -> Result<Snapshot, TrailFailure> {
    if !paths.has_database() {
        return Err(TrailFailure::Missing);
    }
    let database = Database::of(paths.database(), &paths.store())?;
    Ok(Snapshot::of_onlooker(database)?)
}

/// The stored hashes, read range by range: the verifier asks for every one.
pub(super) struct DenseHashes<'c>(pub(super) &'c Snapshot);

impl Hashes for DenseHashes<'_> {
    type Error = StoreError;

    fn read(&self, positions: &[u64]) -> Result<Vec<Hash>, StoreError> {
        let (Some(first), Some(last)) = (positions.iter().min(), positions.iter().max()) else {
            return Ok(Vec::new());
        };
        let stored = tree_hash_rows::range(self.0, *first, *last)?;
        if stored.iter().map(|(position, _)| position).eq(positions) {
            let hashes = stored.iter().map(|(_, hash)| Hash::from_bytes(*hash));
            return Ok(hashes.collect());
        }
        positions
            .iter()
            .map(|position| {
                let at = stored.binary_search_by_key(position, |(position, _)| *position);
                at.ok()
                    .and_then(|at| stored.get(at))
                    .map(|(_, hash)| Hash::from_bytes(*hash))
                    .ok_or(StoreError::inconsistent("tree_hash::missing"))
            })
            .collect()
    }
}
