//! Files and folders that only their owner may read, whatever the umask says and whatever was there.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::Path;

const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;
/// What the group and others may do.
const OTHERS: u32 = 0o077;

/// Others can read or change a file that must be its owner's alone. Holds its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "other users can read or change it (its mode is {0:04o}); make it yours alone with chmod 600"
)]
pub struct OpenToOthers(pub u32);

/// Refuses a secret as `ssh` refuses a private key: a file of ours that others may read. Pipes, and
/// files that somebody else put there, are not ours to judge.
pub fn check_secret(file: &File) -> Result<(), OpenToOthers> {
    let Ok(found) = file.metadata() else {
        return Ok(());
    };
    let ours = found.is_file() && found.uid() == rustix::process::getuid().as_raw();
    match found.mode() & 0o7777 {
        mode if ours && mode & OTHERS != 0 => Err(OpenToOthers(mode)),
        _ => Ok(()),
    }
}

/// Makes a new file in place of whatever was there.
pub fn make_file(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(FILE)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(FILE))?;
    Ok(file)
}

/// Makes a folder, or takes one that is there away from others.
pub(in crate::vault) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER)
        .create(path)?;
    fs::set_permissions(path, Permissions::from_mode(FOLDER))
}

/// The same, but a folder that has something in it is left as it is.
pub(in crate::vault) fn make_folder_unless_used(path: &Path) -> io::Result<()> {
    match fs::read_dir(path).is_ok_and(|mut found| found.next().is_some()) {
        true => Ok(()),
        false => make_folder(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_was_there_does_not_decide_who_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("secret"), folder.path().join("other"));
        fs::write(&other, "not ours").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        drop(make_file(&path).unwrap());
        assert_eq!(
            (mode(&path), fs::read(&other).unwrap()),
            (0o600, b"not ours".to_vec())
        );
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        drop(make_file(&path).unwrap());
        assert_eq!(mode(&path), 0o600);
        let keys = folder.path().join("keys");
        fs::create_dir(&keys).unwrap();
        fs::set_permissions(&keys, Permissions::from_mode(0o777)).unwrap();
        make_folder_unless_used(&keys).unwrap();
        assert_eq!(mode(&keys), 0o700);
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let file = make_file(&path).unwrap();
        assert_eq!(check_secret(&file), Ok(()));
        for open in [0o640, 0o604, 0o620, 0o601, 0o644] {
            file.set_permissions(Permissions::from_mode(open)).unwrap();
            assert_eq!(check_secret(&file), Err(OpenToOthers(open)));
            assert!(OpenToOthers(open).to_string().contains("chmod 600"));
        }
        file.set_permissions(Permissions::from_mode(0o400)).unwrap();
        assert_eq!(check_secret(&file), Ok(()));
    }
}
