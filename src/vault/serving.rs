//! What whoever serves a vault asks of it: how it is, what is due once a minute, and its end.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::budget::alarm::Alarm;
use super::budget::package_turns::PackageTurns;
use super::call::caller::Caller;
use super::call::done::Done;
use super::call::refusal::Refusal;
use super::call::target::Target;
use super::clock::ClockReport;
use super::door::{Operation, Vault};
use super::error::OperationError;
use super::held_up::HeldUp;
use super::key_ages::KeyDue;
use super::last_backups::BackupReport;
use super::ledger::{Health, clock_keeper, trail};
use super::left_copies;
use super::paths::Paths;
use super::peers::Peers;
use super::rotations::RotationProgress;
use super::scope::requests::PackageFile;
use super::scope::{Scope, key_dues};
use super::settings::Settings;
use super::store::{StoreError, request_rows};
use crate::domain::{Moment, RequestId};
use crate::policy::actions;

impl Vault {
    /// Opens the sealed detail of every leaf and compares it with the leaf.
    pub fn check_details(&self) -> Result<(), trail::TrailFailure> {
        trail::verify_details(&self.core.paths, &self.core.keys())
    }

    /// Whether leaves can be made durable at this moment.
    pub fn health(&self) -> &Health {
        self.ledger.health()
    }

    /// How the scheduled backups went.
    pub fn backups(&self) -> BackupReport {
        self.core.backups.report()
    }

    /// The destroyed cases that a fault keeps from their end.
    pub fn held_up(&self) -> Vec<HeldUp> {
        self.core.held_up.all()
    }

    /// How far the rotations of case keys and of the root are that are under way.
    pub fn rotations(&self) -> Vec<RotationProgress> {
        self.core.key_status().1
    }

    /// The cases with an erasure that a fault keeps from its end.
    pub fn erasures_held_up(&self) -> Vec<HeldUp> {
        self.core.erasures_held_up.all()
    }

    /// The copies of the vault that a killed backup or restore left, for `doctor`.
    pub fn copies_left(paths: &Paths) -> io::Result<Vec<PathBuf>> {
        left_copies::find(paths.root(), &paths.data())
    }

    /// The keys that have a date, as they were found by [`Self::look_at_keys`]; the earliest first.
    pub fn key_dues(&self) -> Vec<KeyDue> {
        self.core.key_dues.all()
    }

    /// The server's certificate ends then.
    pub fn served_until(&self, ends: Option<Moment>) {
        self.core.key_dues.served_until(ends);
    }

    /// Called once a minute: finds out which keys are due.
    pub fn look_at_keys(&self) {
        let tip = self.core.tip();
        let snapshot = self.core.readers.snapshot();
        let found = snapshot.map_err(OperationError::from).and_then(|reader| {
            let connection = reader.connection()?;
            key_dues(&self.core, connection, tip)
        });
        if let Ok(found) = found {
            self.core.key_dues.found(found);
        }
    }

    /// How many acts wait for the ledger.
    pub fn waiting(&self) -> usize {
        self.ledger.waiting()
    }

    /// What the clocks say.
    pub fn clock(&self) -> ClockReport {
        self.core.clock.report()
    }

    /// Called once a minute: writes down how late it is while nothing else is written, and a leaf
    /// if the clock jumped or was put right.
    pub fn watch_clock(&self) {
        self.keep_time();
        let report = self.core.clock.report();
        let noted = self.noted_clock.swap(report.in_doubt(), Ordering::Relaxed);
        if noted != report.in_doubt()
            && self
                .perform(&Caller::system(), NoteClock { report })
                .is_err()
        {
            self.noted_clock.store(noted, Ordering::Relaxed);
        }
    }

    fn keep_time(&self) {
        let core = Arc::clone(&self.core);
        let kept = self.ledger.stager().stage(move |transaction| {
            clock_keeper::keep(&core, transaction)?;
            core.tell_of_node(transaction, true).map(drop)
        });
        if kept.is_err() {
            tracing::error!("the time could not be written down");
        }
    }

    /// Whether the holders of two slots of the keyring opened it, where there are two or more.
    pub fn has_its_holders(&self) -> bool {
        self.core.keys().has_its_holders()
    }

    /// Whether a server has the tables, so that other nodes may write too.
    pub fn has_nodes(&self) -> bool {
        self.core.has_server
    }

    /// The limits and lifetimes it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.core.settings
    }

    /// Who builds which package.
    pub fn package_turns(&self) -> &PackageTurns {
        &self.core.package_turns
    }

    /// The files of the vault directory.
    pub fn paths(&self) -> &Paths {
        &self.core.paths
    }

    /// Writes the last leaf and ends the ledger.
    pub fn stop(&self) -> Result<(), Refusal> {
        // First, so that nothing says after the leaf that the node runs.
        self.peers.iter().for_each(Peers::stop);
        self.perform(&Caller::system(), Stop)?;
        self.ledger.stop();
        Ok(())
    }

    /// Deletes the packages that are kept no longer, and says how many there were. Nothing is deleted while the clock
    /// is in doubt.
    pub fn delete_old_packages(&self) -> usize {
        match self.core.clock.report().in_doubt() {
            true => 0,
            false => self.packages_deleted().unwrap_or_default(),
        }
    }

    fn packages_deleted(&self) -> Result<usize, StoreError> {
        let reader = self.core.readers.snapshot()?;
        let connection = reader.connection()?;
        let is_known = |request: &RequestId| request_rows::is_there(connection, request);
        let (paths, now) = (&self.core.paths, self.core.clock.measured());
        Ok(PackageFile::delete_old(paths, now, is_known))
    }

    /// Sums up requests that never reached the door, at most once a minute.
    pub fn sum_strangers(&self, requests: u64, turned_away: u64) -> Result<(), Refusal> {
        self.perform(
            &Caller::system(),
            Strangers {
                requests,
                turned_away,
            },
        )?;
        Ok(())
    }
}

/// The clock jumped, or was put right.
struct NoteClock {
    report: ClockReport,
}

impl Operation for NoteClock {
    type Action = actions::NoteClock;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.notes.alarm = self.report.in_doubt().then_some(Alarm::ClockJumped);
        scope.note_detail(json!({
            "time": self.report.time,
            "machine": self.report.machine,
            "off_by_s": self.report.off_by_s,
            "stopped_s": self.report.stopped_s,
        }));
        Ok(Done)
    }
}

/// The vault stops.
struct Stop;

impl Operation for Stop {
    type Action = actions::StopVault;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        // One that was struck off is found by the commit.
        let _ = scope.core.tell_of_node(scope.transaction()?, false)?;
        Ok(Done)
    }
}

/// How many requests never reached the door.
struct Strangers {
    requests: u64,
    turned_away: u64,
}

impl Operation for Strangers {
    type Action = actions::SumStrangers;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.note_rows(self.requests);
        scope.note_detail(json!({ "requests": self.requests, "throttled": self.turned_away }));
        Ok(Done)
    }
}
