//! The keyring file on disk: it is replaced as a whole, or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::KeyringError;
use crate::vault::private_files::{check_secret, make_file};

/// The largest file that is read, in bytes; a real keyring is much smaller.
const LARGEST: u64 = 16 * 1024 * 1024;

pub(super) fn read(path: &Path) -> Result<Vec<u8>, KeyringError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => KeyringError::Missing,
        kind => KeyringError::Io(kind),
    })?;
    check_secret(&file).map_err(KeyringError::OpenToOthers)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(KeyringError::Damaged { what: "size" });
    }
    Ok(bytes)
}

/// The device and the number of a file.
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    let found = path.symlink_metadata().ok()?;
    Some((found.dev(), found.ino()))
}

/// Writes the first file; never overwrites an existing one.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    if path.symlink_metadata().is_ok() {
        return Err(KeyringError::Exists);
    }
    replace(path, bytes)
}

/// Writes a new file beside the old one, makes it durable and renames it over the old one.
pub(in crate::vault) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path);
    let mut file = make_file(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    sync_folder_of(path)
}

/// Replaces a keyring.
///
/// The content of the old file is then overwritten in place, if nothing else links to it: it had
/// the keys of destroyed cases, perhaps under an old passphrase. File systems that copy on write,
/// and disks that remap blocks, may keep it.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    let old = OpenOptions::new().read(true).write(true).open(path).ok();
    replace_file(path, bytes)?;
    if let Some(old) = old {
        // The new file is in force by now, so a failure here is not an error.
        let _ = overwrite(old);
    }
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

fn overwrite(mut file: File) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.nlink() == 0 {
        file.rewind()?;
        io::copy(&mut io::repeat(0).take(metadata.len()), &mut file)?;
        file.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_replaced_whole_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring");
        assert_eq!(read(&path), Err(KeyringError::Missing));
        create(&path, b"one").unwrap();
        assert_eq!(create(&path, b"two"), Err(KeyringError::Exists));
        std::fs::write(beside(&path), b"left by a crash").unwrap();
        replace(&path, b"three").unwrap();
        assert_eq!(read(&path).unwrap(), b"three");
        assert!(!beside(&path).exists());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_the_old_file_held_is_overwritten_unless_it_has_another_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, kept) = (folder.path().join("keyring"), folder.path().join("kept"));
        create(&path, b"one").unwrap();
        let mut old = File::open(&path).unwrap();
        replace(&path, b"two").unwrap();
        let mut bytes = Vec::new();
        old.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, [0, 0, 0]);
        std::fs::hard_link(&path, &kept).unwrap();
        replace(&path, b"three").unwrap();
        assert_eq!(std::fs::read(&kept).unwrap(), b"two");
    }
}
