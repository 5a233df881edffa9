//! Looking into a vault: for `doctor`. No row, key or mark changes. SQLite may merge its log into the database file.
//!
//! Everything is verified as at a start. There is no ledger, so no act, no leaf and no mark.

use std::sync::Arc;

use super::admission::{ExhibitCheck, check_exhibits};
use super::clock::{Clock, ClockReport};
use super::core::Core;
use super::entropy::Entropy;
use super::error::OperationError;
use super::keyring::Keyring;
use super::ledger::trail;
use super::lock::VaultLock;
use super::paths::Paths;
use super::settings::Settings;
use super::start::{self, StartError};

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
        let (core, _) = start::prepare(paths, keyring, settings, clock, entropy)?;
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

    /// What the clocks say.
    pub fn clock(&self) -> ClockReport {
        self.core.clock.report()
    }
}
