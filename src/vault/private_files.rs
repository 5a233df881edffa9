//! Files and folders that only their owner may read, whatever the umask says and whatever was there.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use crate::vault::paths::Paths;

const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;
/// What the group and others may do.
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;

/// The user whose files are the machine's own.
const ROOT: u32 = 0;

/// Others can read or change a file that must be its owner's alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenToOthers {
    /// Its mode lets them. Holds the mode.
    #[error(
        "other users can read or change it (its mode is {0:04o}); make it yours alone with chmod 600"
    )]
    Mode(u32),
    /// It is another user's. Holds the id of the user.
    #[error("another user owns it (user id {0}); make it yours alone with chown and chmod 600")]
    Owner(u32),
}

impl OpenToOthers {
    /// Whose a file is and what its mode says, to a process of the user `us`.
    fn of(owner: u32, mode: u32, us: u32) -> Option<Self> {
        match owner == us || owner == ROOT {
            false => Some(Self::Owner(owner)),
            true => (mode & OTHERS != 0).then_some(Self::Mode(mode)),
        }
    }
}

fn us() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Refuses a secret as `ssh` refuses a private key: a file of ours that others may read, and a file of another user.
/// Pipes, and files that root put there, are not ours to judge.
pub fn check_secret(file: &File) -> Result<(), OpenToOthers> {
    let Ok(found) = file.metadata() else {
        return Ok(());
    };
    match found.is_file() {
        true => judge_secret(found.uid(), found.mode() & 0o7777, us()),
        false => Ok(()),
    }
}

fn judge_secret(owner: u32, mode: u32, us: u32) -> Result<(), OpenToOthers> {
    match OpenToOthers::of(owner, mode, us) {
        Some(OpenToOthers::Mode(_)) if owner != us => Ok(()),
        Some(open) => Err(open),
        None => Ok(()),
    }
}

/// A file or folder of a vault that is not its owner's alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.told())]
pub struct Exposed {
    /// Its name in the vault directory.
    pub name: String,
    /// Whose it is, or its mode.
    pub open: OpenToOthers,
    /// Whether it is a folder.
    pub is_folder: bool,
}

impl Exposed {
    /// Whether the vault must not be opened like this: others can read or change a file, or put another one into a
    /// folder. Whoever can only list a folder reads nothing by it.
    pub fn is_refused(&self) -> bool {
        match self.open {
            OpenToOthers::Owner(_) => true,
            OpenToOthers::Mode(mode) => !self.is_folder || mode & OTHERS_WRITE != 0,
        }
    }

    fn told(&self) -> String {
        let name = &self.name;
        let usual = match self.is_folder {
            true => "700",
            false => "600",
        };
        match self.open {
            OpenToOthers::Mode(mode) => format!(
                "other users can use {name} (its mode is {mode:04o}); make it yours alone with chmod {usual}"
            ),
            OpenToOthers::Owner(owner) => format!(
                "another user owns {name} (user id {owner}); make it yours alone with chown and chmod {usual}"
            ),
        }
    }

    fn of(path: &Path, name: String) -> Option<Self> {
        let found = path.metadata().ok()?;
        let open = OpenToOthers::of(found.uid(), found.mode() & 0o7777, us())?;
        Some(Self {
            name,
            open,
            is_folder: found.is_dir(),
        })
    }
}

/// The files and folders of a vault that should be its owner's alone and that others can use. Packages are ciphertext,
/// and the folder that they are in is one of these.
pub fn exposed(paths: &Paths) -> Vec<Exposed> {
    let folders = [
        paths.root().to_owned(),
        paths.keys(),
        paths.data(),
        paths.packages(),
        paths.cache(),
    ];
    let mut all: Vec<PathBuf> = folders.into();
    all.extend([
        paths.keyring(),
        paths.high_water_mark(),
        paths.database(),
        paths.store(),
        paths.node(),
        paths.moving(),
        paths.cleared(),
        paths.arriving(),
        paths.left_database(),
    ]);
    for beside in ["-wal", "-shm", "-journal"] {
        let mut name = paths.database().into_os_string();
        name.push(beside);
        all.push(name.into());
    }
    let keys = fs::read_dir(paths.keys()).into_iter().flatten().flatten();
    let keys = keys.map(|entry| entry.path());
    all.extend(keys.filter(|path| path.extension().is_some_and(|kind| kind == "key")));
    let named = |path: &PathBuf| {
        let name = path.strip_prefix(paths.root()).unwrap_or(path);
        let name = match name.as_os_str().is_empty() {
            true => "the vault directory".to_owned(),
            false => name.display().to_string(),
        };
        Exposed::of(path, name)
    };
    all.iter().filter_map(named).collect()
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
    fn what_others_can_use_of_a_vault_is_named_and_refused_unless_it_is_a_list_of_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
        let paths = Paths::of(folder.path());
        for made in [paths.keys(), paths.data(), paths.packages()] {
            make_folder(&made).unwrap();
        }
        let files = [
            paths.keyring(),
            paths.high_water_mark(),
            paths.database(),
            paths.data().join("vault.db-wal"),
            paths.keys().join("tls.key"),
        ];
        for file in &files {
            drop(make_file(file).unwrap());
        }
        assert_eq!(exposed(&paths), []);
        let set = |path: &Path, mode| {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        };
        for file in &files {
            for mode in [0o640, 0o604, 0o666] {
                set(file, mode);
                let found = exposed(&paths);
                assert!(found.len() == 1 && found[0].is_refused(), "{found:?}");
                let name = file.strip_prefix(folder.path()).unwrap();
                assert_eq!(found[0].name, name.display().to_string());
                assert!(found[0].to_string().contains("chmod 600"));
            }
            set(file, 0o600);
        }
        for made in [paths.keys(), paths.data(), paths.packages()] {
            for (mode, refused) in [(0o755, false), (0o770, true), (0o777, true), (0o702, true)] {
                set(&made, mode);
                let found = exposed(&paths);
                assert_eq!(found.len(), 1);
                assert_eq!(found[0].is_refused(), refused, "{mode:o}");
                assert!(found[0].to_string().contains("chmod 700"));
            }
            set(&made, 0o700);
        }
        set(folder.path(), 0o777);
        assert_eq!(exposed(&paths)[0].name, "the vault directory");
        set(folder.path(), 0o700);
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let file = make_file(&path).unwrap();
        assert_eq!(check_secret(&file), Ok(()));
        for open in [0o640, 0o604, 0o620, 0o601, 0o644] {
            file.set_permissions(Permissions::from_mode(open)).unwrap();
            assert_eq!(check_secret(&file), Err(OpenToOthers::Mode(open)));
            assert!(OpenToOthers::Mode(open).to_string().contains("chmod 600"));
        }
        file.set_permissions(Permissions::from_mode(0o400)).unwrap();
        assert_eq!(check_secret(&file), Ok(()));
    }

    #[test]
    fn a_file_of_another_user_is_refused_and_one_of_root_is_judged_by_its_mode() {
        use OpenToOthers::{Mode, Owner};
        const WE: u32 = 1000;
        for (owner, us, mode, vault, secret) in [
            (WE, WE, 0o600, None, None),
            (WE, WE, 0o640, Some(Mode(0o640)), Some(Mode(0o640))),
            (1001, WE, 0o600, Some(Owner(1001)), Some(Owner(1001))),
            (1001, WE, 0o666, Some(Owner(1001)), Some(Owner(1001))),
            (WE, ROOT, 0o600, Some(Owner(WE)), Some(Owner(WE))),
            (ROOT, ROOT, 0o600, None, None),
            (ROOT, ROOT, 0o604, Some(Mode(0o604)), Some(Mode(0o604))),
            // As a container's secrets are given to it.
            (ROOT, WE, 0o440, Some(Mode(0o440)), None),
        ] {
            assert_eq!(OpenToOthers::of(owner, mode, us), vault, "{owner} {mode:o}");
            let judged = judge_secret(owner, mode, us);
            assert_eq!(judged.err(), secret, "{owner} {mode:o}");
        }
        for is_folder in [false, true] {
            let found = Exposed {
                name: "data".to_owned(),
                open: Owner(1001),
                is_folder,
            };
            assert!(found.is_refused());
            assert!(found.to_string().contains("data (user id 1001)"));
        }
    }
}
