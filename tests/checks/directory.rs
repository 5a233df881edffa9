//! Folders for vaults of tests. The library's own tests and those of the API use this file too.

use tempfile::TempDir;

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// How many bytes must be free there.
const ROOM: u64 = 2 << 30;

/// A new folder: in memory if there is room, because a commit waits for the disk several times. A vault does the same
/// in both, and no test is about what a disk loses with its power.
pub(crate) fn directory() -> TempDir {
    let found = rustix::fs::statvfs(MEMORY);
    let has_room = found.is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= ROOM);
    let made = match has_room {
        true => tempfile::tempdir_in(MEMORY),
        false => tempfile::tempdir(),
    };
    made.unwrap()
}
