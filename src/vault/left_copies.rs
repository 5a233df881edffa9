//! What a backup or a restore leaves that is killed: a whole copy of the database, with whatever was in it then.
//!
//! Whoever makes such a copy has a lock on it, which ends with the process. So one without a lock was left. A start
//! removes those in `data/`; so does the end of an erasure, and the last step before a certificate of destruction is
//! signed. What a restore left lies outside of the vault and is only told.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

/// What an unfinished backup is called.
pub(in crate::vault) const COPY: &str = ".breachvault-unfinished-";
/// What the room of a restore is called.
const ROOM: &str = ".breachvault-restore-";
/// What SQLite puts beside a database.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];
/// How often a copy is made anew that somebody took for one that was left.
const TRIES: usize = 8;

/// A new file for a backup, locked as long as it is open. Where files cannot be locked, it is not.
pub(in crate::vault) fn new_copy(folder: &Path) -> io::Result<NamedTempFile> {
    let mut tries = 0;
    loop {
        let copy = tempfile::Builder::new().prefix(COPY).tempfile_in(folder)?;
        tries += 1;
        // Between the two it has no lock, and may be taken for one that was left.
        if copy.as_file().lock().is_err() || is_there(&copy) || tries >= TRIES {
            return Ok(copy);
        }
    }
}

fn is_there(copy: &NamedTempFile) -> bool {
    let (at, file) = (fs::metadata(copy.path()), copy.as_file().metadata());
    at.is_ok_and(|at| file.is_ok_and(|file| at.ino() == file.ino()))
}

/// A new room for a restore, with the lock on it.
pub(in crate::vault) fn new_room(beside: &Path) -> io::Result<(TempDir, File)> {
    let room = tempfile::Builder::new().prefix(ROOM).tempdir_in(beside)?;
    let lock = File::open(room.path())?;
    // Where folders cannot be locked, it is told as one that was left.
    let _ = lock.try_lock();
    Ok((room, lock))
}

/// Removes the copies that were left in a folder; answers how many.
pub(in crate::vault) fn remove(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for path in named(folder, COPY)? {
        // Held until it is gone, so that nobody takes it up meanwhile.
        let Some(_lock) = is_left(&path)? else {
            continue;
        };
        match fs::remove_file(&path) {
            Ok(()) => removed += 1,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

/// Removes whole databases that a move of the tables left, and what SQLite put beside them: they have what is erased or
/// destroyed now. Called once the vault works with other tables.
pub(in crate::vault) fn remove_databases(left: &[PathBuf]) -> io::Result<()> {
    for path in left {
        for end in [""].iter().chain(&BESIDE) {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            match fs::remove_file(&name) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(())
}

/// The copies that were left in `data`, and the rooms that were left in and beside the directory of the vault.
pub(in crate::vault) fn find(root: &Path, data: &Path) -> io::Result<Vec<PathBuf>> {
    let root = root.canonicalize()?;
    let mut all = named(data, COPY)?;
    for folder in [Some(root.as_path()), root.parent()].into_iter().flatten() {
        // What is beside it may be none of our business.
        all.extend(named(folder, ROOM).unwrap_or_default());
    }
    all.retain(|path| is_left(path).is_ok_and(|lock| lock.is_some()));
    Ok(all)
}

/// What is called so in a folder. A database comes before what SQLite put beside it.
fn named(folder: &Path, prefix: &str) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            all.push(entry.path());
        }
    }
    all.sort();
    Ok(all)
}

/// The lock of what was left; none of what somebody works with.
fn is_left(path: &Path) -> io::Result<Option<File>> {
    let name = path.to_string_lossy();
    let database = BESIDE.iter().find_map(|end| name.strip_suffix(end));
    // It goes with its database, which has the lock.
    if database.is_some_and(|database| Path::new(database).exists()) {
        return Ok(None);
    }
    match File::open(path) {
        Ok(file) => Ok(file.try_lock().is_ok().then_some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_a_move_left_goes_with_what_is_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["a", "a-wal", "a-shm", "other"] {
            fs::write(path(name), "").unwrap();
        }
        remove_databases(&[path("a"), path("nothing")]).unwrap();
        let left = fs::read_dir(folder.path()).unwrap().flatten();
        let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["other"]);
    }

    #[test]
    fn what_was_left_is_removed_and_what_somebody_works_with_stays() {
        let root = tempfile::tempdir().unwrap();
        let vault = root.path().join("vault");
        let data = vault.join("data");
        fs::create_dir_all(&data).unwrap();
        let copy = new_copy(&data).unwrap();
        let journal = format!("{}-journal", copy.path().display());
        fs::write(&journal, "of the copy").unwrap();
        let (room, lock) = new_room(root.path()).unwrap();
        assert_eq!(remove(&data).unwrap(), 0);
        assert_eq!(find(&vault, &data).unwrap(), Vec::<PathBuf>::new());
        assert!(copy.path().exists() && Path::new(&journal).exists());

        // As if the processes were killed.
        let left = copy.into_temp_path().keep().unwrap();
        let room = room.keep();
        drop(lock);
        fs::write(data.join("vault.db"), "a database").unwrap();
        let room = room.canonicalize().unwrap();
        // The journal is told once the database is gone.
        assert_eq!(find(&vault, &data).unwrap(), [left.clone(), room.clone()]);
        assert_eq!(remove(&data).unwrap(), 2);
        assert!(!left.exists() && !Path::new(&journal).exists());
        assert!(data.join("vault.db").exists() && room.exists());
        assert_eq!(find(&vault, &data).unwrap(), [room]);
    }
}
