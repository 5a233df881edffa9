//! Whether the vault is well: the log, the disk, the clock, and damage that was found.

use std::fs;
use std::path::Path;

use super::Reading;
use crate::domain::Moment;
use crate::vault::error::OperationError;
use crate::vault::held_up::HeldUp;
use crate::vault::last_backups::BackupReport;

/// How the vault stands.
pub struct Standing {
    /// The table or the kind of sealed part in which damage was found.
    pub damage: Option<&'static str>,
    /// The generation of the keyring file.
    pub keyring_generation: u64,
    /// The bytes of the database: of its file, with what is not yet written back, or those that a server says.
    pub database_bytes: u64,
    /// The bytes of packages that were built.
    pub package_bytes: u64,
    /// The bytes that are free on the disk of the vault; none if the system does not say.
    pub free_bytes: Option<u64>,
    /// How the scheduled backups went.
    pub backups: BackupReport,
    /// How many destroyed cases cannot be ended, and since when the first of them.
    pub held_up: (u64, Option<Moment>),
    /// How many cases have an erasure that cannot be ended, and since when the first of them.
    pub erasures_held_up: (u64, Option<Moment>),
}

impl Reading<'_> {
    /// How the vault stands.
    pub fn standing(&self) -> Result<Standing, OperationError> {
        let paths = &self.core.paths;
        let database = paths.database();
        let bytes = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
        let mut log = database.clone().into_os_string();
        log.push("-wal");
        let packages = paths.package_folders().into_iter();
        let packages = packages.filter_map(|folder| fs::read_dir(folder).ok());
        let packages = packages
            .flatten()
            .filter_map(|entry| entry.ok()?.metadata().ok());
        let disk = rustix::fs::statvfs(paths.data()).ok();
        let of_server = self.connection.bytes_of_server()?;
        let of_files = || bytes(&database) + bytes(log.as_ref());
        Ok(Standing {
            damage: self
                .core
                .control
                .damage()
                .or_else(|| self.core.control.any_spoilt()),
            keyring_generation: self.core.keys().generation(),
            database_bytes: of_server.unwrap_or_else(of_files),
            package_bytes: packages.map(|found| found.len()).sum(),
            free_bytes: disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
            backups: self.core.backups.report(),
            held_up: counted(&self.core.held_up.all()),
            erasures_held_up: counted(&self.core.erasures_held_up.all()),
        })
    }
}

/// How many there are, and since when the first of them.
fn counted(held_up: &[HeldUp]) -> (u64, Option<Moment>) {
    let since = held_up.iter().map(|one| one.since).min();
    (held_up.len() as u64, since)
}
