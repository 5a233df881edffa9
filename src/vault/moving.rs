//! The tables of a vault move from a file to a server, back, or to another server: how far that is, and its end.
//!
//! `data/moving` says it, from before the first row is copied until everything has come to its end. Where the tables
//! are is said by `data/store` alone; that is changed once, by one rename or one removal, after the copy was verified.
//! So a process that is killed leaves either the old tables in force or the new ones. What is left to do after that
//! change is here, and every start does it: the old tables are marked, so that no log goes on from them, and a leaf
//! says that they moved. The copying itself is in `store_copy/`.
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
    /// The old tables are marked.
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

/// If the tables have moved: marks the old ones and puts an old file aside. What cannot be done now is done at the next
/// start; the old tables are not in force meanwhile, because nothing in the directory names them.
pub(in crate::vault) fn leave_old(paths: &Paths) -> io::Result<()> {
    let Some(mut moving) = Moving::read(paths)? else {
        return Ok(());
    };
    let Some(found) = moving.verified.clone() else {
        return Ok(());
    };
    if moving.left || !moving.is_done(paths)? {
        return Ok(());
    }
    match leave(paths, moving.from.as_deref(), &mark(&found)) {
        Ok(()) => {
            moving.left = true;
            moving.write(paths)
        }
        Err(fault) => {
            tracing::error!(fault = %fault, "the old tables could not be marked; the next start tries again");
            Ok(())
        }
    }
}

fn leave(paths: &Paths, from: Option<&str>, mark: &str) -> Result<(), StoreError> {
    let failed = |_| StoreError {
        at: "moving::leave",
        fault: StoreFault::Disk,
    };
    let database = match from {
        Some(note) => Database::noted(note)?,
        None if paths.database().exists() => Database::from(&paths.database()),
        // It was put aside already.
        None => return Ok(()),
    };
    if from.is_some() && paths.cache().exists() {
        // What this machine kept of the server's tables; the server may be gone.
        fs::remove_dir_all(paths.cache()).map_err(failed)?;
    }
    let writer = Writer::open(database)?;
    if transfer::head::moved_to(&writer)?.is_none() {
        let begun = writer.begin()?;
        transfer::head::mark_moved(&begun, mark)?;
        begun.commit()?;
    }
    if from.is_none() {
        // All of it is in the file then, which can be taken away.
        writer.empty_log()?;
        drop(writer);
        fs::rename(paths.database(), paths.left_database()).map_err(failed)?;
        sync(&paths.data()).map_err(failed)?;
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
