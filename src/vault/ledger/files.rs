//! Whether the vault's files are still those that it works with.
//!
//! A file that is removed or replaced under an open vault is still there for this process, which would go on with what
//! nobody else has and lose it with its end. So before each commit the files are looked for by their names. While one
//! is not the one that was opened, no leaf is written, no answer goes out, and health is red. A file that comes back,
//! as of a disk that was away, is taken again; another file in its place is not, until the next start.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::vault::core::Core;
use crate::vault::paths::Paths;

/// The device and the number of a file.
type Identity = (u64, u64);

/// The files as they were opened or written.
pub(super) struct Files {
    database: Option<Identity>,
    /// The write-ahead log, once there is one.
    log: Option<Identity>,
    mark: Option<Identity>,
}

impl Files {
    pub(super) fn of(paths: &Paths) -> Self {
        Self {
            database: identity(&paths.database()),
            log: None,
            mark: identity(&paths.high_water_mark()),
        }
    }

    /// The mark was written anew, or that failed half way.
    pub(super) fn marked(&mut self, paths: &Paths) {
        self.mark = identity(&paths.high_water_mark()).or(self.mark);
    }

    /// A commit was made, so the write-ahead log is there.
    pub(super) fn committed(&mut self, paths: &Paths) {
        if self.log.is_none() {
            self.log = identity(&log_of(paths));
        }
    }

    /// The name of a file that is gone or is another one, other than the keyring.
    pub(super) fn missing(&self, paths: &Paths) -> Option<&'static str> {
        let is = |known: Option<Identity>, path: &Path| known.is_none() || identity(path) == known;
        if !is(self.database, &paths.database()) {
            return Some("data/vault.db");
        }
        if !is(self.log, &log_of(paths)) {
            return Some("data/vault.db-wal");
        }
        if !is(self.mark, &paths.high_water_mark()) {
            return Some("keys/high-water-mark");
        }
        None
    }
}

/// The same of the keyring, which writes its file itself.
pub(super) fn missing_keyring(core: &Core) -> Option<&'static str> {
    match core.keys().is_in_place() {
        true => None,
        false => Some("keys/keyring"),
    }
}

fn identity(path: &Path) -> Option<Identity> {
    let found = fs::symlink_metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

fn log_of(paths: &Paths) -> PathBuf {
    let mut name = paths.database().into_os_string();
    name.push("-wal");
    PathBuf::from(name)
}
