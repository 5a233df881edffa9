//! Looking into a vault: for `doctor`. Not a byte changes in the directory.
//!
//! Everything is verified as at a start. There is no ledger, so no act, no leaf and no mark, the schema is not brought
//! up to date, and SQLite does not merge its log into the database file. Not promised: the bytes of `vault.db-shm`, if
//! a killed process left it. It is an index of the log, which whoever opens the database next makes anew.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::admission::{ExhibitCheck, check_exhibits};
use super::clock::{Clock, ClockReport};
use super::core::Core;
use super::entropy::Entropy;
use super::erase::{EraseError, check_file, open_lists, unended};
use super::error::OperationError;
use super::keyring::Keyring;
use super::ledger::trail;
use super::lock::VaultLock;
use super::paths::Paths;
use super::scope::carried_out_at;
use super::settings::Settings;
use super::shred::unfinished;
use super::start::{self, StartError};
use super::store::{Access, StoreError};
use crate::domain::CaseId;

/// A vault that is looked at. No other process opens it meanwhile.
pub struct Inspection {
    core: Arc<Core>,
    _lock: VaultLock,
}

impl Inspection {
    /// Opens a vault that no process has open, with its unlocked keyring, to look at it.
    ///
    /// # Errors
    ///
    /// Those of a start.
    pub fn open(
        paths: &Paths,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StartError> {
        let lock = start::take(paths)?;
        let with = (clock, entropy);
        let (core, _) = start::prepare(paths, keyring, settings, with, Access::Look)?;
        Ok(Self { core, _lock: lock })
    }

    /// Opens the sealed detail of every leaf and compares it with the leaf.
    ///
    /// # Errors
    ///
    /// The first detail that is missing, does not open or is not the leaf's.
    pub fn check_details(&self) -> Result<(), trail::TrailFailure> {
        trail::verify_details(&self.core.paths, &self.core.keys())
    }

    /// Opens every part of every exhibit and every term, and looks for every exhibit that the log says was admitted.
    ///
    /// # Errors
    ///
    /// If the check itself could not be done.
    pub fn check_exhibits(&self) -> Result<Vec<ExhibitCheck>, OperationError> {
        check_exhibits(&self.core)
    }

    /// The destroyed cases of which keys or rows are left, and when each destruction was carried out, if that is known.
    ///
    /// # Errors
    ///
    /// If the cases could not be read.
    pub fn unfinished(&self) -> Result<Vec<(CaseId, Option<String>)>, StoreError> {
        let all = unfinished(&self.core)?.into_iter();
        Ok(all
            .map(|case| {
                let at = carried_out_at(&self.core, &case);
                (case.id, at)
            })
            .collect())
    }

    /// What is wrong with the erasure lists beside the keyring, if anything is.
    ///
    /// # Errors
    ///
    /// If the check itself could not be done.
    pub fn check_erasures(&self) -> Result<Option<String>, OperationError> {
        check_file(&self.core)
    }

    /// Opens the erasure lists beside the keyring, as a start would that takes them over.
    ///
    /// # Errors
    ///
    /// They are not this vault's, or could not be read.
    pub fn open_erasures(&self) -> Result<(), EraseError> {
        open_lists(&self.core)
    }

    /// The cases with an erasure that was carried out and has not ended.
    ///
    /// # Errors
    ///
    /// If the lists could not be read.
    pub fn unended_erasures(&self) -> Result<Vec<CaseId>, OperationError> {
        unended(&self.core)
    }

    /// The cases whose key is being made anew, as the keyring says, and whether the root is.
    pub fn rotating(&self) -> (bool, Vec<CaseId>) {
        let keys = self.core.keys();
        (keys.root_rotates(), keys.rotating())
    }

    /// What the clocks say.
    pub fn clock(&self) -> ClockReport {
        self.core.clock.report()
    }
}

/// The files that SQLite puts beside the database as soon as somebody reads it. Those that were not there are removed
/// when this is dropped, unless a process has the vault open by then.
pub struct FilesBeside {
    paths: Paths,
    missing: Vec<PathBuf>,
}

impl FilesBeside {
    /// Before anybody looks at the database.
    pub fn note(paths: &Paths) -> Self {
        let beside = |end: &str| {
            let mut name: OsString = paths.database().into();
            name.push(end);
            PathBuf::from(name)
        };
        let mut missing = vec![beside("-wal"), beside("-shm")];
        missing.retain(|path| !path.exists());
        Self {
            paths: paths.clone(),
            missing,
        }
    }
}

impl Drop for FilesBeside {
    fn drop(&mut self) {
        // Nobody begins to work with the vault meanwhile.
        let Ok(_lock) = VaultLock::take(&self.paths.data()) else {
            return;
        };
        for path in &self.missing {
            // What has something in it was not made by a look.
            let is_log = path.extension().is_some_and(|end| end == "db-wal");
            let empty = fs::metadata(path).is_ok_and(|found| found.len() == 0);
            if empty || !is_log {
                let _ = fs::remove_file(path);
            }
        }
    }
}
