//! One process at a time: an exclusive lock on `data/lock`.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Held while the vault is open. The operating system releases it when the process ends.
pub(super) struct VaultLock(File);

/// Closing the file would not do: a program that is being started (an age plugin, a slot's program)
/// has a copy of every open file for a moment, and the lock would last as long as the copy.
impl Drop for VaultLock {
    fn drop(&mut self) {
        // An error leaves the lock to the end of the process.
        let _ = self.0.unlock();
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_was_given_back_is_free_while_a_copy_of_its_file_is_open() {
        let room = tempfile::tempdir().unwrap();
        let lock = VaultLock::take(room.path()).ok().unwrap();
        let copy = lock.0.try_clone().unwrap();
        assert!(matches!(VaultLock::take(room.path()), Err(Unlocked::InUse)));
        drop(lock);
        assert!(VaultLock::take(room.path()).is_ok());
        drop(copy);
    }
}
