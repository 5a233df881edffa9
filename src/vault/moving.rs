//! The tables of a vault move from a file to a server, back, or to another server: how far that is, and its end.
//!
//! `data/moving` says it, from before the first row is copied until everything has come to its end. Where the tables
//! are is said by `data/store`; that is changed once, by one rename or one removal, after the copy was verified. Before
//! that the old tables are marked, so that no log goes on from them, also not at another node, whose directory still
//! names them. The mark is what decides: a process that is killed leaves either old tables without it, which are in
//! force, or old tables with it, and then every start names the new ones, before anything else. What is left to do
//! after that is here too, and every start does it: a leaf says that the tables moved. The copying itself is in
//! `store_copy/`.
//!
//! Not promised: that nobody puts a copy of the whole directory and of the old tables back. The high-water mark finds
//! tables alone that were put back, and a kept checkpoint finds both.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::caller::Caller;
use super::call::done::Done;
use super::call::target::Target;
use super::door::{Operation, Vault};
use super::error::OperationError;
use super::keyring::replace_file;
use super::paths::Paths;
use super::scope::Scope;
use super::store::{Database, StoreError, StoreFault, Writer, leaf_rows, transfer};
use crate::domain::hex;
use crate::policy::{Action as _, actions};

/// How far a move is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct Moving {
    /// What `data/store` said before; nothing where a file had the tables.
    pub(in crate::vault) from: Option<String>,
    /// What it says afterwards.
    pub(in crate::vault) to: Option<String>,
    /// A digest of the head of the tables that are copied, in hexadecimal digits.
    pub(in crate::vault) head: String,
    /// Rows of an attempt that was for another head, or that did not verify, have to go first.
    pub(in crate::vault) stale: bool,
    /// What the comparison of both and the verification of the new tables found.
    pub(in crate::vault) verified: Option<Found>,
    /// The old tables are marked, and nobody needs them any more.
    pub(in crate::vault) left: bool,
}

/// What was copied and verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The kind of engine that had the tables.
    pub from: String,
    /// The kind of engine that has them now.
    pub to: String,
    /// How many rows there are in all tables.
    pub rows: u64,
    /// How many leaves the log has.
    pub leaves: u64,
    /// Its root.
    pub root: String,
    /// How many exhibits were opened whole.
    pub exhibits: usize,
    /// The other nodes, which cannot start any more, once the tables moved into a file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes_left: Vec<String>,
}

impl Moving {
    pub(in crate::vault) fn read(paths: &Paths) -> io::Result<Option<Self>> {
        match fs::read(paths.moving()) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(text) => match serde_json::from_slice(&text) {
                Ok(moving) => Ok(Some(moving)),
                Err(_) => Err(ErrorKind::InvalidData.into()),
            },
        }
    }

    pub(in crate::vault) fn write(&self, paths: &Paths) -> io::Result<()> {
        replace_file(&paths.moving(), &serde_json::to_vec(self)?)
    }

    pub(in crate::vault) fn remove(paths: &Paths) -> io::Result<()> {
        fs::remove_file(paths.moving())?;
        sync(&paths.data())
    }

    /// Puts the new tables in force. The old ones are marked.
    pub(in crate::vault) fn put_in_force(&self, paths: &Paths) -> io::Result<()> {
        match &self.to {
            Some(note) => replace_file(&paths.store(), note.as_bytes()),
            None => {
                fs::remove_file(paths.store())?;
                sync(&paths.data())
            }
        }
    }

    /// Whether the new tables are in force.
    pub(in crate::vault) fn is_done(&self, paths: &Paths) -> io::Result<bool> {
        Ok(store_of(paths)? == self.to)
    }
}

/// What `data/store` says; nothing where a file has the tables.
pub(in crate::vault) fn store_of(paths: &Paths) -> io::Result<Option<String>> {
    match fs::read_to_string(paths.store()) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// Makes what was renamed or removed in a folder durable.
pub(in crate::vault) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What is written on the old tables.
pub(in crate::vault) fn mark(found: &Found) -> String {
    format!("{} after leaf {}", found.to, found.leaves.saturating_sub(1))
}

/// If the tables have moved: names the new ones where a process was killed between that and the mark on the old ones,
/// and puts an old file aside. What cannot be done now is done at the next start.
pub(in crate::vault) fn leave_old(paths: &Paths) -> io::Result<()> {
    let Some(mut moving) = Moving::read(paths)? else {
        return Ok(());
    };
    let Some(found) = moving.verified.clone() else {
        return Ok(());
    };
    if moving.left {
        return Ok(());
    }
    if !moving.is_done(paths)? {
        match old_tables(paths, &moving).and_then(|old| is_marked(&old, &moving)) {
            Ok(true) => moving.put_in_force(paths)?,
            // They are in force, and if they cannot be reached, the start says so.
            Ok(false) | Err(_) => return Ok(()),
        }
    }
    match leave(paths, &moving, &mark(&found)) {
        Ok(()) => {
            moving.left = true;
            moving.write(paths)
        }
        Err(fault) => {
            tracing::error!(fault = %fault, "the old tables could not be left; the next start tries again");
            Ok(())
        }
    }
}

/// The old tables.
fn old_tables(paths: &Paths, moving: &Moving) -> Result<Database, StoreError> {
    match &moving.from {
        Some(note) => Database::noted(note),
        None => Ok(Database::from(&paths.database())),
    }
}

/// Marks tables as moved, if their head is the one that was copied: somebody else may have gone on from there. A commit
/// without an answer is looked for. Nobody writes meanwhile.
pub(in crate::vault) fn mark_old(
    old: &Database,
    moving: &Moving,
    mark: &str,
) -> Result<bool, StoreError> {
    let writer = Writer::open(old.clone())?;
    let begun = writer.begin()?;
    let head = transfer::head::digest(&begun)?;
    if head.map(|head| hex::encode(&head)).as_deref() != Some(moving.head.as_str()) {
        return Ok(false);
    }
    transfer::head::mark_moved(&begun, mark)?;
    match begun.commit() {
        Ok(()) => Ok(true),
        Err(error) => match is_marked(old, moving) {
            Ok(true) => Ok(true),
            Ok(false) | Err(_) => Err(error),
        },
    }
}

/// Whether tables are marked, and had the head that was copied.
fn is_marked(old: &Database, moving: &Moving) -> Result<bool, StoreError> {
    let Some(found) = &moving.verified else {
        return Ok(false);
    };
    let writer = Writer::open(old.clone())?;
    // With the lock of the head: a commit without an answer is made by then, or it is not.
    let begun = writer.begin()?;
    let before = transfer::head::digest_before(&begun, found.leaves)?;
    Ok(before.map(|before| hex::encode(&before)).as_deref() == Some(moving.head.as_str()))
}

fn leave(paths: &Paths, moving: &Moving, mark: &str) -> Result<(), StoreError> {
    let failed = |fault| StoreError {
        at: "moving::leave",
        fault,
    };
    if moving.from.is_none() && !paths.database().exists() {
        // It was put aside already.
        return Ok(());
    }
    if moving.from.is_some() && paths.cache().exists() {
        // What this machine kept of the server's tables; the server may be gone.
        fs::remove_dir_all(paths.cache()).map_err(|_| failed(StoreFault::Disk))?;
    }
    let old = old_tables(paths, moving)?;
    if !is_marked(&old, moving)? && !mark_old(&old, moving, mark)? {
        tracing::error!("somebody wrote to the old tables after they were copied, or marked them");
        return Err(failed(StoreFault::Tampered));
    }
    if moving.from.is_none() {
        // All of it is in the file then, which can be taken away.
        let writer = Writer::open(old)?;
        writer.empty_log()?;
        drop(writer);
        let aside = fs::rename(paths.database(), paths.left_database());
        aside.map_err(|_| failed(StoreFault::Disk))?;
        sync(&paths.data()).map_err(|_| failed(StoreFault::Disk))?;
    }
    Ok(())
}

/// The move did not come to its end. The next start goes on with it.
pub(in crate::vault) enum Unended {
    /// The file that says how far it is could not be read or removed.
    Io(io::ErrorKind),
    /// The database could not be read.
    Store(StoreError),
    /// The leaf could not be made durable.
    Unaudited,
}

impl From<io::Error> for Unended {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

impl From<StoreError> for Unended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Vault {
    /// If the tables have moved: writes the leaf that says so, once, and ends the move.
    pub(in crate::vault) fn end_move(&self) -> Result<(), Unended> {
        let paths = &self.core.paths;
        let Some(moving) = Moving::read(paths)? else {
            return Ok(());
        };
        let Some(found) = moving.verified.clone() else {
            return Ok(());
        };
        if !moving.is_done(paths)? {
            return Ok(());
        }
        if !self.has_leaf_of(&found)? {
            self.perform(&Caller::system(), MoveTables { found })
                .map_err(|_| Unended::Unaudited)?;
        }
        match moving.left {
            true => Ok(Moving::remove(paths)?),
            false => Ok(()),
        }
    }

    /// Whether an earlier start wrote the leaf, and was killed before it could say so.
    fn has_leaf_of(&self, found: &Found) -> Result<bool, StoreError> {
        let reader = self.core.readers.snapshot()?;
        let name = actions::MoveTables::KIND.name();
        leaf_rows::has_one_since(reader.connection()?, found.leaves, name)
    }
}

/// The tables are at another place.
struct MoveTables {
    found: Found,
}

impl Operation for MoveTables {
    type Action = actions::MoveTables;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let Found { from, to, .. } = &self.found;
        // In the leaf itself: which engines, and the log that was copied whole. No address is.
        scope.notes.object = Some(format!("{from}:{to}"));
        scope.notes.digest = Some(self.found.root.clone());
        scope.note_rows(self.found.leaves);
        scope.note_detail(json!({ "moved": self.found, "verified": true }));
        Ok(Done)
    }
}
