//! The files of a vault directory, by name.

use std::path::{Path, PathBuf};

/// Where things are in a vault directory.
#[derive(Debug, Clone)]
pub struct Paths {
    root: PathBuf,
    /// Where packages are, if that is another folder than the vault directory's.
    packages: Option<PathBuf>,
}

impl Paths {
    /// The paths below a vault directory, which need not exist.
    pub fn of(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            packages: None,
        }
    }

    /// The same with packages in a folder of their own, if one is named.
    pub(in crate::vault) fn with_packages(&self, folder: Option<&Path>) -> Self {
        Self {
            root: self.root.clone(),
            packages: folder.map(Path::to_owned),
        }
    }

    /// The vault directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the keyring. Only the owner may read it.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The file of the keyring: the root key, wrapped.
    pub fn keyring(&self) -> PathBuf {
        self.keys().join("keyring")
    }

    /// How far the log had come, sealed. It is not beside the log, which is backed up elsewhere.
    pub fn high_water_mark(&self) -> PathBuf {
        self.keys().join("high-water-mark")
    }

    /// The erasure lists of all cases, sealed. They are beside the keyring, so that an older database does not bring an
    /// erased number back.
    pub fn erasures(&self) -> PathBuf {
        self.keys().join("erasures")
    }

    /// The folder of everything else.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The SQLite database.
    pub fn database(&self) -> PathBuf {
        self.data().join("vault.db")
    }

    /// Which server has the tables, where no file has them.
    pub fn store(&self) -> PathBuf {
        self.data().join("store")
    }

    /// Which node of its vault the directory is, where a server has the tables.
    pub fn node(&self) -> PathBuf {
        self.data().join("node")
    }

    /// The newest generation of the keyring here that the head of the log named, where a server has the tables.
    pub(in crate::vault) fn keyring_named(&self) -> PathBuf {
        self.data().join("keyring-named")
    }

    /// The key of the node, by which other nodes know it.
    pub fn node_key(&self) -> PathBuf {
        self.keys().join("node.key")
    }

    /// That the tables are being moved, and how far that is.
    pub fn moving(&self) -> PathBuf {
        self.data().join("moving")
    }

    /// The SQLite database that is being made of a server's tables.
    pub fn arriving(&self) -> PathBuf {
        self.data().join("vault.db.arriving")
    }

    /// The SQLite database that the vault had before its tables moved to a server.
    pub fn left_database(&self) -> PathBuf {
        self.data().join("vault.db.moved")
    }

    /// The databases that a move of the tables leaves or has begun. Nobody works with them.
    pub(in crate::vault) fn moved_databases(&self) -> [PathBuf; 2] {
        [self.left_database(), self.arriving()]
    }

    /// Whether a vault's tables are here, or it says here where they are.
    pub fn has_database(&self) -> bool {
        self.database().exists() || self.store().exists()
    }

    /// Packages that were built: ciphertext.
    pub fn packages(&self) -> PathBuf {
        match &self.packages {
            Some(folder) => folder.clone(),
            None => self.own_packages(),
        }
    }

    /// Every folder that may have packages: that one, and the directory's own, where they were before.
    pub(in crate::vault) fn package_folders(&self) -> Vec<PathBuf> {
        let own = self.own_packages();
        let mut all = vec![self.packages()];
        if !all.contains(&own) {
            all.push(own);
        }
        all
    }

    /// The folder for packages in the vault directory, which is this vault's alone.
    pub(in crate::vault) fn own_packages(&self) -> PathBuf {
        self.data().join("packages")
    }

    /// Whether packages are in a folder that other nodes may share.
    pub(in crate::vault) fn may_share_packages(&self) -> bool {
        self.packages.is_some()
    }

    /// For which erasures the packages here were deleted.
    pub(in crate::vault) fn cleared(&self) -> PathBuf {
        self.data().join("erasures-cleared")
    }

    /// Sealed parts of exhibits that are kept on this machine, where a server has the tables.
    pub fn cache(&self) -> PathBuf {
        self.data().join("cache")
    }

    /// The log's public key, for whoever verifies offline.
    pub fn vkey(&self) -> PathBuf {
        self.data().join("audit.vkey")
    }
}
