//! The file of a package: where it is, for how long, and whether it is still the one that was built.
//!
//! In a folder that several nodes share each file has the name of the node that built it, and how many steps the
//! erasures of its case had come to then: no two nodes write one file, and each knows which ones to delete. A node that
//! hands one out finds it by its digest, and asks the request's own row whether it is from before an erasure. What the
//! directory's own folder has from before the nodes shared one is found and deleted like the rest.
//!
//! A folder that somebody chose may have other files, and packages of another vault. What goes there is named as a
//! package or the beginning of one, and its request is one of this vault's.
//!
//! Whoever can write the folder can put any file in its place. So a package is opened without following links, and
//! read whole and compared before its first byte goes out, from the same open file. Just after it was built, this is
//! the open file that was read for its digest.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ring::digest::{Context, SHA256};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use crate::domain::{Moment, NodeId, RequestId};
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
    /// Where it is built.
    folder: PathBuf,
    /// Where it may be.
    folders: Vec<PathBuf>,
    request: RequestId,
    /// What the name of the file begins with, where it is built.
    stem: String,
}

impl PackageFile {
    /// What there is of a request's package; it need not be there.
    pub fn of(paths: &Paths, request: &RequestId) -> Self {
        Self {
            folder: paths.packages(),
            folders: paths.package_folders(),
            request: request.clone(),
            stem: request.to_string(),
        }
    }

    /// The file to be built, of which this node and these steps of erasures are known where other nodes use the folder.
    pub(in crate::vault) fn to_build(
        paths: &Paths,
        request: &RequestId,
        node: Option<&NodeId>,
        steps: u64,
    ) -> Self {
        let file = Self::of(paths, request);
        match node.filter(|_| paths.may_share_packages()) {
            Some(node) => Self {
                stem: format!("{request}.{node}.{steps}"),
                ..file
            },
            None => file,
        }
    }

    /// What its receiver sees.
    pub fn name(&self) -> String {
        format!("{}.tar", self.request)
    }

    /// The finished package, where it is built.
    pub fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.tar", self.stem))
    }

    /// The folder it is built in.
    pub fn workplace(&self) -> PathBuf {
        self.folder.join(format!("{}.work", self.stem))
    }

    /// Whether there is a finished package of the request, whoever built it.
    pub fn is_there(&self) -> bool {
        !self.named("tar").is_empty()
    }

    /// What there is of the request, of this kind.
    fn named(&self, kind: &str) -> Vec<Named> {
        let mut all = Named::all(&self.folders, kind);
        all.retain(|one| one.request == self.request);
        all
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

    /// Makes the folder of its workplace where it is the directory's own. One that the configuration names is made by
    /// whoever chose it: if it is away, as when nothing is mounted there, nothing is built beside it.
    pub fn make_folder(&self) -> io::Result<()> {
        match self.is_shared() {
            true => fs::metadata(&self.folder).map(drop),
            false => DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&self.folder),
        }
    }

    /// Whether the folder that the configuration names is away, so that nobody knows what is in it.
    pub fn is_away(&self) -> bool {
        self.is_shared() && !self.folder.is_dir()
    }

    /// Beside the folder that the configuration names there is the directory's own.
    fn is_shared(&self) -> bool {
        self.folders.len() > 1
    }

    /// Opens the package, whoever built it, if there is a plain file with exactly these bytes.
    pub(super) fn open(&self, tar: &Tar) -> Option<SoundTar> {
        let all = self.named("tar");
        all.iter().find_map(|one| Self::open_at(&one.path, tar))
    }

    fn open_at(path: &Path, tar: &Tar) -> Option<SoundTar> {
        // A pipe that somebody put there must not keep us waiting for its other end.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut file = File::options()
            .read(true)
            .custom_flags(i32::try_from(flags.bits()).ok()?)
            .open(path)
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
    pub(in crate::vault) fn delete_old(
        paths: &Paths,
        measured: Moment,
        is_known: impl Fn(&RequestId) -> bool,
    ) -> usize {
        let kept_since = measured.plus_seconds(-PACKAGE_DAYS * 86_400).seconds();
        let kept_since = Duration::from_secs(u64::try_from(kept_since).unwrap_or_default());
        let is_old = |one: &Named| {
            let made_at = fs::symlink_metadata(&one.path).and_then(|found| found.modified());
            made_at.is_ok_and(|at| at <= SystemTime::UNIX_EPOCH + kept_since)
        };
        let mut all = Named::all(&paths.package_folders(), "tar");
        all.retain(|one| is_old(one) && one.is_ours(paths, &is_known));
        all.iter()
            .filter(|one| fs::remove_file(&one.path).is_ok())
            .count()
    }

    /// Clears what builds left that were under way when a process ended, but for those of nodes that run.
    pub(in crate::vault) fn clear_workplaces(
        paths: &Paths,
        runs: impl Fn(&NodeId) -> bool,
        is_known: impl Fn(&RequestId) -> bool,
    ) -> usize {
        let mut all = Named::all(&paths.package_folders(), "work");
        all.retain(|one| !one.node.as_ref().is_some_and(&runs) && one.is_ours(paths, &is_known));
        all.iter().filter(|one| one.remove().is_ok()).count()
    }

    /// The requests of which there is a package here, or the beginning of one.
    pub(in crate::vault) fn all(paths: &Paths) -> BTreeSet<RequestId> {
        let all = ["tar", "work"].map(|kind| Named::all(&paths.package_folders(), kind));
        all.into_iter().flatten().map(|one| one.request).collect()
    }

    /// Deletes it, if it is there, whoever built it.
    pub fn delete(&self) -> io::Result<()> {
        self.delete_those(|_| true)
    }

    /// The same for what was built before erasures had come to this step; a name that does not say it counts as such.
    pub(in crate::vault) fn delete_older(&self, steps: u64) -> io::Result<()> {
        self.delete_those(|one| one.steps.is_none_or(|built| built < steps))
    }

    /// The same of those whose names say it.
    pub(in crate::vault) fn delete_named_older(&self, steps: u64) -> io::Result<()> {
        self.delete_those(|one| one.steps.is_some_and(|built| built < steps))
    }

    /// The same for what this node built, which nobody will get.
    pub(in crate::vault) fn delete_of(&self, node: &NodeId) -> io::Result<()> {
        self.delete_those(|one| one.node.as_ref() == Some(node))
    }

    fn delete_those(&self, is_meant: impl Fn(&Named) -> bool) -> io::Result<()> {
        let mut all = self.named("tar").into_iter();
        all.try_for_each(|one| if is_meant(&one) { one.remove() } else { Ok(()) })?;
        // What lies in a folder that is away is not deleted, so whoever has to delete it tries again.
        match self.is_away() {
            true => Err(io::ErrorKind::NotFound.into()),
            false => Ok(()),
        }
    }

    /// Deletes what there is of it, finished or not.
    pub(in crate::vault) fn delete_all(&self) -> io::Result<()> {
        // The beginning of one is there only if a build was killed, or goes on at another node that is to end it.
        let begun = self.named("work").iter().try_for_each(Named::remove);
        self.delete().and(begun)
    }
}

/// A package, or the beginning of one, by its name.
struct Named {
    path: PathBuf,
    request: RequestId,
    node: Option<NodeId>,
    steps: Option<u64>,
}

impl Named {
    /// What there is of this kind in some folders.
    fn all(folders: &[PathBuf], kind: &str) -> Vec<Self> {
        let all = folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        all.flatten()
            .filter_map(|entry| Self::of(entry.ok()?.path(), kind))
            .collect()
    }

    /// Whether it is this vault's: in the directory's own folder, or of a request that this vault has.
    fn is_ours(&self, paths: &Paths, is_known: &impl Fn(&RequestId) -> bool) -> bool {
        let is_own = self.path.parent() == Some(paths.own_packages().as_path());
        is_own || is_known(&self.request)
    }

    fn of(path: PathBuf, kind: &str) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let stem = name.strip_suffix(kind)?.strip_suffix('.')?;
        let mut parts = stem.split('.');
        let request = parts.next()?.parse().ok()?;
        let (node, steps) = match (parts.next(), parts.next(), parts.next()) {
            (None, None, None) => (None, None),
            (Some(node), Some(steps), None) => {
                (Some(node.parse().ok()?), Some(steps.parse().ok()?))
            }
            _ => return None,
        };
        Some(Self {
            path,
            request,
            node,
            steps,
        })
    }

    /// Another node may have done it already.
    fn remove(&self) -> io::Result<()> {
        let removed = match fs::symlink_metadata(&self.path) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(&self.path),
            Ok(_) => fs::remove_file(&self.path),
            Err(error) => Err(error),
        };
        match removed {
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
        // In the vault's own folder it is the vault's, whatever is known of it.
        let clear = || PackageFile::clear_workplaces(&paths, |_| true, |_| false);
        assert_eq!(clear(), 1);
        assert!(!package.workplace().exists() && package.path().exists());
        assert_eq!(clear(), 0);
    }

    #[test]
    fn nodes_that_share_a_folder_have_files_of_their_own_and_delete_those_of_all() {
        let folder = tempfile::tempdir().unwrap();
        let shared = folder.path().join("shared");
        fs::create_dir(&shared).unwrap();
        let paths = Paths::of(folder.path()).with_packages(Some(&shared));
        let request = ExportId::from_random([7; 13]).of_any_kind();
        let other_request = ExportId::from_random([8; 13]).of_any_kind();
        let [one, two] = [1, 2].map(|no| NodeId::from_random([no; 13]));
        let built = |request: &RequestId, node: &NodeId, steps: u64| {
            let file = PackageFile::to_build(&paths, request, Some(node), steps);
            fs::create_dir(file.workplace()).unwrap();
            let text = format!("{node} {steps}");
            fs::write(file.path(), &text).unwrap();
            (file, text)
        };
        let (first, text) = built(&request, &one, 0);
        let (second, _) = built(&request, &two, 0);
        let (beside, _) = built(&other_request, &two, 3);
        assert_eq!(first.name(), second.name());
        let any = PackageFile::of(&paths, &request);
        assert!(any.is_there());
        // Whoever built it, it is found by its digest.
        let sha256 = ring::digest::digest(&SHA256, text.as_bytes());
        let tar = Tar {
            sha256: sha256.as_ref().try_into().unwrap(),
            bytes: text.len() as u64,
        };
        assert!(any.open(&tar).is_some());
        assert_eq!(PackageFile::all(&paths).len(), 2);
        // What a node builds that runs is left alone.
        let clear = |is_known: bool| {
            PackageFile::clear_workplaces(&paths, |node| *node == two, |_| is_known)
        };
        assert_eq!(clear(false), 0, "another vault's");
        assert_eq!(clear(true), 1);
        assert!(!first.workplace().exists() && second.workplace().exists());
        any.delete_of(&two).unwrap();
        assert!(first.path().exists() && !second.path().exists());
        // What was built after the erasure stays, and an older one goes, also if its name does not say what it is.
        let (later, _) = built(&request, &two, 1);
        fs::write(shared.join(format!("{request}.tar")), "old").unwrap();
        any.delete_named_older(0).unwrap();
        assert!(first.path().exists());
        any.delete_named_older(1).unwrap();
        assert!(!first.path().exists() && later.path().exists());
        assert!(shared.join(format!("{request}.tar")).exists());
        any.delete_older(1).unwrap();
        assert!(!first.path().exists() && later.path().exists());
        assert!(!shared.join(format!("{request}.tar")).exists());
        any.delete_all().unwrap();
        assert!(!any.is_there() && !later.workplace().exists());
        assert!(beside.path().exists() && beside.workplace().exists());
        any.delete_all().unwrap();
        // Alone in its folder, a file has the name of its request.
        let own = PackageFile::to_build(&Paths::of(folder.path()), &request, Some(&one), 5);
        assert!(own.path().ends_with(format!("{request}.tar")));
    }

    #[test]
    fn what_is_not_this_vaults_stays_in_a_folder_that_somebody_chose_and_what_was_left_beside_it_goes()
     {
        let folder = tempfile::tempdir().unwrap();
        let shared = folder.path().join("shared");
        let paths = Paths::of(folder.path()).with_packages(Some(&shared));
        fs::create_dir_all(paths.own_packages()).unwrap();
        let [known, foreign] = [7, 8].map(|no| ExportId::from_random([no; 13]).of_any_kind());
        // Nothing is mounted there: no folder is made in its place.
        let any = PackageFile::of(&paths, &known);
        assert!(any.make_folder().is_err() && any.is_away() && !shared.exists());
        // Nobody can say that it is deleted.
        assert!(any.delete_all().is_err() && any.delete_older(1).is_err());
        fs::create_dir(&shared).unwrap();
        any.make_folder().unwrap();
        assert!(!any.is_away());
        let node = NodeId::from_random([1; 13]);
        let now = Moment::from_seconds(1_700_000_000);
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        let make = |path: PathBuf| {
            fs::write(&path, "bytes").unwrap();
            let file = File::options().write(true).open(&path).unwrap();
            file.set_modified(old).unwrap();
            path
        };
        let stay = [
            "holiday.tar".to_owned(),
            "backup-of-root.tar".to_owned(),
            format!("{known}.tar.gz"),
            format!("{known}.copy.tar"),
            format!("{foreign}.{node}.0.tar"),
        ];
        let stay = stay.map(|name| make(shared.join(name)));
        let gone = [
            make(shared.join(format!("{known}.{node}.0.tar"))),
            make(paths.own_packages().join(format!("{known}.tar"))),
            make(paths.own_packages().join(format!("{foreign}.tar"))),
        ];
        let beside = make(paths.own_packages().join(format!("{foreign}.work")));
        assert_eq!(PackageFile::all(&paths).len(), 2);
        let deleted = PackageFile::delete_old(&paths, now, |request| *request == known);
        assert_eq!(deleted, gone.len());
        assert!(stay.iter().all(|path| path.exists()));
        assert!(gone.iter().all(|path| !path.exists()) && !any.is_there());
        assert_eq!(
            PackageFile::clear_workplaces(&paths, |_| true, |_| false),
            1
        );
        assert!(!beside.exists());
        // After an erasure, and with its case, what is in the directory's own folder goes as well.
        let left = make(paths.own_packages().join(format!("{known}.tar")));
        assert!(any.is_there());
        any.delete_older(1).unwrap();
        assert!(!left.exists());
        make(left.clone());
        any.delete_all().unwrap();
        assert!(!left.exists());
    }

    #[test]
    fn only_a_plain_file_with_exactly_the_bytes_that_were_built_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let request = ExportId::from_random([7; 13]).of_any_kind();
        let package = PackageFile {
            folder: folder.path().to_owned(),
            folders: vec![folder.path().to_owned()],
            stem: request.to_string(),
            request,
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
