//! The newest generation of this node's keyring that the head of the log named: in memory, and in `data/keyring-named`.
//!
//! A change of the keyring is on the disk before the commit that names it. So a file may be one change ahead of the
//! log, and a key of that change protects nothing: whatever a node commits names the keyring that it has. Which of the
//! two a file is, nothing else says after a restart. The number is no secret. If it is missing, all of the keyring
//! counts as named, and if it is too small, the newest change of the keyring counts as not named.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use super::keyring::replace_file;
use super::paths::Paths;

#[derive(Debug)]
pub(in crate::vault) struct NamedGeneration {
    newest: AtomicU64,
    /// As the file says it; 0 if it says nothing.
    kept: AtomicU64,
}

impl NamedGeneration {
    /// As the file says it, for a keyring that is of this generation.
    pub(in crate::vault) fn read(paths: &Paths, generation: u64) -> Self {
        let text = fs::read_to_string(paths.keyring_named()).unwrap_or_default();
        let kept = text.trim().parse().unwrap_or(0);
        let newest = match kept {
            0 => generation,
            kept => generation.min(kept),
        };
        Self {
            newest: AtomicU64::new(newest),
            kept: AtomicU64::new(kept),
        }
    }

    pub(in crate::vault) fn newest(&self) -> u64 {
        self.newest.load(Ordering::Acquire)
    }

    /// The head of the log names this one, which the node has. Answers whether that is news.
    pub(in crate::vault) fn is(&self, generation: u64) -> bool {
        self.newest.swap(generation, Ordering::AcqRel) != generation
    }

    /// Writes it down, if the file says something else. Called on the ledger's thread.
    pub(in crate::vault) fn keep(&self, paths: &Paths) {
        let newest = self.newest();
        if self.kept.load(Ordering::Acquire) == newest {
            return;
        }
        match replace_file(&paths.keyring_named(), format!("{newest}\n").as_bytes()) {
            Ok(()) => self.kept.store(newest, Ordering::Release),
            // The next commit tries again. What the file says until then is too small.
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "data/keyring-named could not be written");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_named_is_known_after_a_restart_and_without_the_file_all_was() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::of(folder.path());
        fs::create_dir(paths.data()).unwrap();
        let named = NamedGeneration::read(&paths, 7);
        assert_eq!(named.newest(), 7);
        assert!(!named.is(7), "it is no news");
        named.keep(&paths);
        // The file is one change ahead, and then of a directory that was put back.
        assert_eq!(NamedGeneration::read(&paths, 8).newest(), 7);
        assert_eq!(NamedGeneration::read(&paths, 5).newest(), 5);
        let named = NamedGeneration::read(&paths, 8);
        assert!(named.is(8));
        assert_eq!(NamedGeneration::read(&paths, 8).newest(), 7);
        named.keep(&paths);
        assert_eq!(NamedGeneration::read(&paths, 9).newest(), 8);
        fs::write(paths.keyring_named(), "eight").unwrap();
        assert_eq!(NamedGeneration::read(&paths, 9).newest(), 9);
        // It is tried again where it could not be written.
        let named = NamedGeneration::read(&paths, 9);
        fs::remove_dir_all(paths.data()).unwrap();
        named.keep(&paths);
        fs::create_dir(paths.data()).unwrap();
        named.keep(&paths);
        assert_eq!(NamedGeneration::read(&paths, 10).newest(), 9);
    }
}
