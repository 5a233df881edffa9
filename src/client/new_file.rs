//! A file that only its owner may read, and that is there as a whole or not at all.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::failure::Failure;

/// A file under a name of its own, in the folder where it will be. It is removed unless it is kept.
pub(crate) struct NewFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl NewFile {
    /// Makes it, and refuses a path at which something is already.
    pub(crate) fn make(path: &Path) -> Result<Self, Failure> {
        if path.symlink_metadata().is_ok() {
            return Err(Self::taken(path));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(Failure::usage(format!(
                "{}: there is no folder {} for it",
                path.display(),
                folder.display()
            ))
            .way_out("make the folder first, or name a file in one that is there"));
        }
        // Files of this crate have the mode 0600.
        let file = Builder::new()
            .prefix(".breachvault-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(Failure::file("make", path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    pub(crate) fn as_file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, once everything of it is on the disk.
    pub(crate) fn keep(mut self) -> Result<(), Failure> {
        let path = self.path;
        self.file
            .flush()
            .and_then(|()| self.file.as_file().sync_all())
            .map_err(Failure::file("write", &path))?;
        match self.file.persist_noclobber(&path) {
            Ok(_) => Ok(()),
            // What it holds may be had once only, so it stays beside what came meanwhile.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
                let kept = error.file.keep().map(|(_, kept)| kept);
                Err(match kept {
                    Ok(kept) => Self::taken(&path).way_out(format!("it is in {}", kept.display())),
                    Err(_) => Self::taken(&path),
                })
            }
            Err(error) => Err(Failure::file("write", &path)(error.error)),
        }
    }

    fn taken(path: &Path) -> Failure {
        Failure::usage(format!("{} is there already", path.display()))
            .way_out("name a new file, or remove this one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_whole_and_private_or_not_there() {
        let room = tempfile::tempdir().unwrap();
        let nowhere = NewFile::make(&room.path().join("none").join("hits.csv"));
        assert!(nowhere.err().unwrap().what.contains("there is no folder"));
        let path = room.path().join("hits.csv");
        let mut left = NewFile::make(&path).unwrap();
        left.as_file().write_all(b"half").unwrap();
        drop(left);
        assert_eq!(std::fs::read_dir(room.path()).unwrap().count(), 0);
        let mut kept = NewFile::make(&path).unwrap();
        kept.as_file().write_all(b"whole").unwrap();
        assert!(!path.exists());
        kept.keep().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(NewFile::make(&path).is_err());
        assert_eq!(std::fs::read_dir(room.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_get_its_name_any_more_is_not_lost() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("numbers.csv");
        let mut new = NewFile::make(&path).unwrap();
        new.as_file().write_all(b"once").unwrap();
        std::fs::write(&path, b"of somebody else").unwrap();
        assert!(new.keep().is_err());
        let files = std::fs::read_dir(room.path()).unwrap();
        let mut held: Vec<_> = files
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        held.sort();
        assert_eq!(held, [b"of somebody else".to_vec(), b"once".to_vec()]);
    }
}
