//! The last backups of the schedule, in memory: for health, metrics and the inbox.

use std::sync::{Mutex, PoisonError};

use crate::domain::Moment;

/// How the scheduled backups went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BackupReport {
    /// Whether there is a schedule.
    pub scheduled: bool,
    /// When the newest backup was made, also if that was before the start.
    pub done_at: Option<Moment>,
    /// When a backup failed, if none was made since.
    pub failed_at: Option<Moment>,
    /// How many failed since the start.
    pub failures: u64,
}

/// The same, as it changes.
#[derive(Debug, Default)]
pub(in crate::vault) struct LastBackups(Mutex<BackupReport>);

impl LastBackups {
    pub(in crate::vault) fn report(&self) -> BackupReport {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A schedule begins; the newest backup that is there was made then.
    pub(in crate::vault) fn scheduled(&self, newest: Option<Moment>) {
        self.change(|report| {
            report.scheduled = true;
            report.done_at = newest;
        });
    }

    pub(in crate::vault) fn done(&self, at: Moment) {
        self.change(|report| {
            report.done_at = Some(at);
            report.failed_at = None;
        });
    }

    pub(in crate::vault) fn failed(&self, at: Moment) {
        self.change(|report| {
            report.failed_at = Some(at);
            report.failures += 1;
        });
    }

    fn change(&self, change: impl FnOnce(&mut BackupReport)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
