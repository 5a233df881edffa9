//! One process at a time: an exclusive lock on `data/lock`.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Held while the vault is open. The operating system releases it when the process ends.
pub(super) struct VaultLock(#[expect(dead_code, reason = "held, not read")] File);

/// Why there is no lock.
pub(super) enum Unlocked {
    /// Another process has the vault open.
    InUse,
    /// The file of the lock could not be made or opened.
    Io(io::ErrorKind),
}

impl VaultLock {
    pub(super) fn take(data: &Path) -> Result<Self, Unlocked> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(data.join("lock"))
            .map_err(|error| Unlocked::Io(error.kind()))?;
        // A file of somebody else's cannot be changed; it holds nothing.
        let _ = file.set_permissions(Permissions::from_mode(0o600));
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Unlocked::InUse),
            Err(TryLockError::Error(error)) => Err(Unlocked::Io(error.kind())),
        }
    }
}
