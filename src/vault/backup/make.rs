//! Makes a backup: copies, verifies what was copied, and only then gives it its name.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::time::Duration;

use ring::digest::{Context, SHA256};
use tempfile::NamedTempFile;

use super::examine::examine;
use super::fault::BackupError;
use super::trailer::{self, Kind, LogEnd, Manifest};
use crate::domain::{Moment, hex};
use crate::vault::keyring::LockedKeyring;
use crate::vault::ledger::trail;
use crate::vault::left_copies;
use crate::vault::paths::Paths;
use crate::vault::store::copy_database;

/// Where a backup goes.
pub enum Target<'a> {
    /// A new file. It is there whole, or not at all.
    File(&'a Path),
    /// A stream. The copy is made and verified in `data/` first, which needs room for it, and then sent. It has no name
    /// any more while it is sent, so that nobody who is killed then leaves it.
    Stream(&'a mut dyn Write),
}

/// Copies the database, also while the vault is served. Between two steps of the copy it rests for `rest`, and it stops
/// if `goes_on` says so.
///
/// # Errors
///
/// What was copied does not verify, or it could not be written. Then there is no file.
pub fn back_up_database(
    paths: &Paths,
    target: Target<'_>,
    now: Moment,
    rest: Duration,
    goes_on: &dyn Fn() -> bool,
) -> Result<Manifest, BackupError> {
    if paths.store().exists() {
        return Err(BackupError::Server);
    }
    if !paths.database().exists() {
        return Err(trail::TrailFailure::Missing.into());
    }
    let before = trail::own_key(paths)?;
    let mut file = new_file(&target, paths)?;
    copy_database(&paths.database(), file.path(), rest, goes_on)?;
    // The key may get its successor while the copy is made.
    let after = trail::own_key(paths)?;
    let (key, examined) = match examine(file.path(), &after, &[]) {
        Err(_) if after != before => (&before, examine(file.path(), &before, &[])?),
        examined => (&after, examined?),
    };
    let bytes = file.as_file().metadata();
    let manifest = Manifest {
        kind: Kind::Database,
        vault: examined.vault,
        made_at: now.to_string(),
        bytes: bytes.map_err(BackupError::io("read the copy"))?.len(),
        log: Some(LogEnd {
            leaves: examined.verdict.size,
            root: examined.verdict.root.to_string(),
            vkey: crate::vault::audit::VerifierKey::new(examined.log, *key.public()).to_string(),
            exhibits: examined.exhibits,
        }),
        generation: None,
        mark: None,
    };
    let mut digest = Context::new(&SHA256);
    let failed = BackupError::io("read the copy");
    file.as_file_mut().rewind().map_err(&failed)?;
    let length = manifest.bytes;
    trailer::copy(file.as_file_mut(), length, &mut digest, &mut io::sink())?;
    finish(file, digest, manifest, target)
}

/// Copies the keyring as it lies in `keys/`, with the high-water mark beside it. Both are sealed; without the
/// passphrase nobody opens them.
///
/// # Errors
///
/// It is no keyring, or it could not be written. Then there is no file.
pub fn back_up_keyring(
    paths: &Paths,
    target: Target<'_>,
    now: Moment,
) -> Result<Manifest, BackupError> {
    let (locked, bytes) = read_keyring(paths)?;
    let mark = match fs::read(paths.high_water_mark()) {
        Ok(mark) => Some(hex::encode(&mark)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(BackupError::io("read the high-water mark")(error)),
    };
    let mut file = new_file(&target, paths)?;
    file.write_all(&bytes)
        .map_err(BackupError::io("write the copy"))?;
    let manifest = Manifest {
        kind: Kind::Keyring,
        vault: locked.vault().clone(),
        made_at: now.to_string(),
        bytes: bytes.len() as u64,
        log: None,
        generation: Some(locked.status().generation),
        mark,
    };
    let mut digest = Context::new(&SHA256);
    digest.update(&bytes);
    finish(file, digest, manifest, target)
}

/// Copies the erasure lists as they lie in `keys/`. They are sealed: without the keys nobody learns which numbers are
/// in them.
///
/// # Errors
///
/// Nobody was erased in this vault yet, or the file could not be written. Then there is no file.
pub fn back_up_erasures(
    paths: &Paths,
    target: Target<'_>,
    now: Moment,
) -> Result<Manifest, BackupError> {
    let vault = LockedKeyring::read(&paths.keyring())?.vault().clone();
    // It is replaced by another file as a whole, so what is read is whole.
    let bytes = match fs::read(paths.erasures()) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::NoErasures);
        }
        Err(error) => return Err(BackupError::io("read the erasure lists")(error)),
    };
    let mut file = new_file(&target, paths)?;
    file.write_all(&bytes)
        .map_err(BackupError::io("write the copy"))?;
    let manifest = Manifest {
        kind: Kind::Erasures,
        vault,
        made_at: now.to_string(),
        bytes: bytes.len() as u64,
        log: None,
        generation: None,
        mark: None,
    };
    let mut digest = Context::new(&SHA256);
    digest.update(&bytes);
    finish(file, digest, manifest, target)
}

/// The bytes of a keyring that parses. A keyring that is replaced is overwritten, so it is read again if it was.
fn read_keyring(paths: &Paths) -> Result<(LockedKeyring, Vec<u8>), BackupError> {
    const TRIES: usize = 3;
    let mut found = Err(BackupError::NoBackup);
    for _ in 0..TRIES {
        // It also says who may read it.
        LockedKeyring::read(&paths.keyring())?;
        let bytes = fs::read(paths.keyring()).map_err(BackupError::io("read the keyring"))?;
        match LockedKeyring::parse(&paths.keyring(), &bytes) {
            Ok(locked) => return Ok((locked, bytes)),
            Err(error) => found = Err(error.into()),
        }
    }
    found
}

fn new_file(target: &Target<'_>, paths: &Paths) -> Result<NamedTempFile, BackupError> {
    let folder = match target {
        Target::File(path) if path.symlink_metadata().is_ok() => return Err(BackupError::Exists),
        Target::File(path) => folder_of(path).to_owned(),
        Target::Stream(_) => paths.data(),
    };
    left_copies::new_copy(&folder).map_err(BackupError::io("make a file for the backup"))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes what stands behind the copy, and puts the file in place or sends it.
fn finish(
    mut file: NamedTempFile,
    digest: Context,
    manifest: Manifest,
    target: Target<'_>,
) -> Result<Manifest, BackupError> {
    let failed = BackupError::io("write the backup");
    file.as_file_mut()
        .seek(io::SeekFrom::End(0))
        .map_err(&failed)?;
    trailer::write(&mut file, digest, &manifest).map_err(&failed)?;
    match target {
        Target::File(path) => {
            file.as_file().sync_all().map_err(&failed)?;
            file.persist_noclobber(path)
                .map_err(|error| failed(error.error))?;
            let folder = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
            folder.map_err(&failed)?;
        }
        Target::Stream(out) => {
            let (mut file, path) = file.into_parts();
            path.close().map_err(&failed)?;
            file.rewind().map_err(&failed)?;
            io::copy(&mut file, out)
                .and_then(|_| out.flush())
                .map_err(BackupError::io("send the backup"))?;
        }
    }
    Ok(manifest)
}
