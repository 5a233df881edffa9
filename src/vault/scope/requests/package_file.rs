//! The file of a package: where it is, for how long, and whether it is still the one that was built.
//!
//! Whoever can write the folder can put any file in its place. So a package is opened without following links, and
//! read whole and compared before its first byte goes out, from the same open file. Just after it was built, this is
//! the open file that was read for its digest.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ring::digest::{Context, SHA256};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use crate::domain::{Moment, RequestId};
use crate::vault::Paths;

/// For how long a package is kept after it was first handed out, as the vault measures time: while it is stopped,
/// nothing ages, and a clock that is ahead deletes nothing.
pub const PACKAGE_DAYS: i64 = 30;

/// The bytes of a whole package: their digest and how many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tar {
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Its length in bytes.
    pub bytes: u64,
}

/// An open file that was read whole and is the package it should be.
pub struct SoundTar {
    file: File,
    tar: Tar,
}

impl SoundTar {
    /// The file of a package that was just built, at its beginning. `tar` was computed by reading this open file.
    pub fn just_built(file: File, tar: Tar) -> Self {
        Self { file, tar }
    }

    pub(super) fn is(&self, tar: &Tar) -> bool {
        self.tar == *tar
    }

    pub(super) fn into_file(self) -> File {
        self.file
    }
}

/// Where the package of a request stands.
pub struct PackageFile {
    folder: PathBuf,
    request: RequestId,
}

impl PackageFile {
    /// The file of a request's package; it need not exist.
    pub fn of(paths: &Paths, request: &RequestId) -> Self {
        Self {
            folder: paths.packages(),
            request: request.clone(),
        }
    }

    /// What its receiver sees.
    pub fn name(&self) -> String {
        format!("{}.tar", self.request)
    }

    /// The finished package.
    pub fn path(&self) -> PathBuf {
        self.folder.join(self.name())
    }

    /// The folder it is built in.
    pub fn workplace(&self) -> PathBuf {
        self.folder.join(format!("{}.work", self.request))
    }

    /// Notes on the file when it was made, as the vault measures time.
    pub fn date(&self, measured: Moment) -> io::Result<()> {
        let seconds = u64::try_from(measured.seconds()).unwrap_or_default();
        let made_at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        File::options()
            .write(true)
            .open(self.path())?
            .set_modified(made_at)
    }

    /// Opens the package if it is a plain file with exactly these bytes.
    pub(super) fn open(&self, tar: &Tar) -> Option<SoundTar> {
        // A pipe that somebody put there must not keep us waiting for its other end.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut file = File::options()
            .read(true)
            .custom_flags(i32::try_from(flags.bits()).ok()?)
            .open(self.path())
            .ok()?;
        let found = file.metadata().ok()?;
        if !found.is_file() || found.len() != tar.bytes {
            return None;
        }
        let (mut digest, mut chunk) = (Context::new(&SHA256), vec![0; 1 << 16]);
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => digest.update(chunk.get(..read)?),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        file.rewind().ok()?;
        let same = digest.finish().as_ref() == tar.sha256;
        same.then_some(SoundTar { file, tar: *tar })
    }

    /// Deletes every package that is kept no longer, and says how many there were.
    pub(in crate::vault) fn delete_old(paths: &Paths, measured: Moment) -> usize {
        let kept_since = measured.plus_seconds(-PACKAGE_DAYS * 86_400).seconds();
        let kept_since = Duration::from_secs(u64::try_from(kept_since).unwrap_or_default());
        let is_old = |entry: &DirEntry| {
            let is_package = entry.path().extension().is_some_and(|kind| kind == "tar");
            let made_at = entry.metadata().and_then(|found| found.modified());
            is_package && made_at.is_ok_and(|at| at <= SystemTime::UNIX_EPOCH + kept_since)
        };
        let all = fs::read_dir(paths.packages()).into_iter().flatten();
        all.filter_map(Result::ok)
            .filter(is_old)
            .filter(|entry| fs::remove_file(entry.path()).is_ok())
            .count()
    }

    /// Clears what builds left that were under way when a process ended. Called before any is begun.
    pub(in crate::vault) fn clear_workplaces(paths: &Paths) -> usize {
        let all = fs::read_dir(paths.packages()).into_iter().flatten();
        all.filter_map(Result::ok)
            .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "work"))
            .filter(|entry| match entry.file_type() {
                Ok(kind) if kind.is_dir() => fs::remove_dir_all(entry.path()).is_ok(),
                _ => fs::remove_file(entry.path()).is_ok(),
            })
            .count()
    }

    /// The packages that are here, by their requests.
    pub(in crate::vault) fn all(paths: &Paths) -> Vec<RequestId> {
        let all = fs::read_dir(paths.packages()).into_iter().flatten();
        let names = all.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let requests = names.filter_map(|name| name.strip_suffix(".tar")?.parse().ok());
        requests.collect()
    }

    /// Deletes it, if it is there.
    pub fn delete(&self) -> io::Result<()> {
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::domain::{ExportId, RequestIdOfKind as _};

    #[test]
    fn what_a_build_left_is_cleared_and_a_finished_package_stays() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::of(folder.path());
        fs::create_dir_all(paths.packages()).unwrap();
        let package = PackageFile::of(&paths, &ExportId::from_random([7; 13]).of_any_kind());
        fs::create_dir(package.workplace()).unwrap();
        fs::write(package.workplace().join("part"), "sealed").unwrap();
        fs::write(package.path(), "finished").unwrap();
        assert_eq!(PackageFile::clear_workplaces(&paths), 1);
        assert!(!package.workplace().exists() && package.path().exists());
        assert_eq!(PackageFile::clear_workplaces(&paths), 0);
    }

    #[test]
    fn only_a_plain_file_with_exactly_the_bytes_that_were_built_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let package = PackageFile {
            folder: folder.path().to_owned(),
            request: ExportId::from_random([7; 13]).of_any_kind(),
        };
        let whole = vec![9; 200_000];
        let sha256 = ring::digest::digest(&SHA256, &whole);
        let tar = Tar {
            sha256: sha256.as_ref().try_into().unwrap(),
            bytes: 200_000,
        };
        assert!(package.open(&tar).is_none());
        fs::write(package.path(), &whole).unwrap();
        assert!(package.open(&tar).is_some());
        let mut changed = whole.clone();
        changed[150_000] = 8;
        for other in [&changed[..], &whole[..199_999], b"junk", b""] {
            fs::write(package.path(), other).unwrap();
            assert!(package.open(&tar).is_none());
        }
        let beside = folder.path().join("beside");
        let mut file = File::create(&beside).unwrap();
        file.write_all(&whole).unwrap();
        fs::remove_file(package.path()).unwrap();
        std::os::unix::fs::symlink(&beside, package.path()).unwrap();
        assert!(package.open(&tar).is_none(), "a link");
        fs::remove_file(package.path()).unwrap();
        fs::create_dir(package.path()).unwrap();
        assert!(package.open(&tar).is_none(), "a folder");
    }
}
