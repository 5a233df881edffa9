//! Reads the members of a package that somebody else may have made.
//!
//! A tar is read as a stream and never unpacked. Only plain files and directories with plain names
//! are accepted. A link, a device, an extended header, a second file of the same name or a
//! truncated member ends the reading with an error that gives only the member's number.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tar::{Archive, EntryType};

use crate::evidence::EvidenceError;
use crate::evidence::error::During;
use crate::evidence::name::is_plain_path;
use crate::evidence::tarball::BLOCK;

/// A package on disk: a tar, or a directory it was unpacked to.
pub(super) struct Source {
    path: PathBuf,
    is_directory: bool,
}

/// One plain file of a package.
pub(super) struct Member<'a> {
    /// Relative to the bag, with `/` between plain components.
    pub(super) path: &'a str,
    pub(super) bytes: u64,
    /// The position of the member, from 1.
    pub(super) number: usize,
}

type Visit<'v> = dyn FnMut(&Member<'_>, &mut dyn Read) -> Result<(), EvidenceError> + 'v;

impl Source {
    pub(super) fn at(path: &Path) -> Result<Self, EvidenceError> {
        let kind = fs::metadata(path).during("find the package")?;
        if !kind.is_dir() && !kind.is_file() {
            return Err(EvidenceError::NotAPackage);
        }
        Ok(Self {
            path: path.to_owned(),
            is_directory: kind.is_dir(),
        })
    }

    /// Calls `visit` once for every plain file.
    pub(super) fn each(&self, visit: &mut Visit<'_>) -> Result<(), EvidenceError> {
        let mut guard = Guard::default();
        if self.is_directory {
            self.each_in_directory(&mut guard, visit)
        } else {
            self.each_in_tar(&mut guard, visit)
        }
    }

    fn each_in_tar(&self, guard: &mut Guard, visit: &mut Visit<'_>) -> Result<(), EvidenceError> {
        let file = File::open(&self.path).during("open the package")?;
        let length = file.metadata().during("open the package")?.len();
        let mut archive = Archive::new(file);
        let mut top: Option<String> = None;
        let mut end = 0;
        // Raw, so that the crate does not act on extended headers or sparse maps.
        for entry in archive.entries().during("read the package")?.raw(true) {
            let number = guard.next()?;
            let broken = EvidenceError::ArchiveBroken { member: number };
            let mut entry = entry.map_err(|_| match number {
                1 => EvidenceError::NotAPackage,
                _ => broken,
            })?;
            let kind = entry.header().entry_type();
            if !matches!(kind, EntryType::Regular | EntryType::Directory) {
                return Err(EvidenceError::MemberKind { member: number });
            }
            let bytes = entry.size();
            end = entry
                .raw_file_position()
                .checked_add(bytes)
                .and_then(|end| end.checked_next_multiple_of(BLOCK))
                .filter(|end| *end <= length)
                .ok_or(EvidenceError::ArchiveBroken { member: number })?;

            let name = entry.header().path_bytes().into_owned();
            let name = String::from_utf8(name).unwrap_or_default();
            let name = match kind {
                EntryType::Directory => name.strip_suffix('/').unwrap_or(&name),
                _ => &name,
            };
            guard.pass(name, number)?;
            let (first, path) = name.split_once('/').unwrap_or((name, ""));
            if top.get_or_insert_with(|| first.to_owned()) != first {
                return Err(EvidenceError::MemberName { member: number });
            }
            match kind {
                EntryType::Directory if bytes == 0 => {}
                EntryType::Regular if !path.is_empty() => {
                    visit(
                        &Member {
                            path,
                            bytes,
                            number,
                        },
                        &mut entry,
                    )?;
                }
                _ => return Err(EvidenceError::MemberKind { member: number }),
            }
        }
        if top.is_none() {
            return Err(EvidenceError::NotAPackage);
        }
        ends_in_zeros(archive.into_inner(), end)
    }

    fn each_in_directory(
        &self,
        guard: &mut Guard,
        visit: &mut Visit<'_>,
    ) -> Result<(), EvidenceError> {
        let mut waiting = vec![(self.path.clone(), String::new())];
        while let Some((directory, prefix)) = waiting.pop() {
            let mut names = Vec::new();
            for entry in fs::read_dir(&directory).during("read the package's directory")? {
                names.push(entry.during("read the package's directory")?.file_name());
            }
            names.sort();
            for name in names {
                let number = guard.next()?;
                let on_disk = directory.join(&name);
                let path = format!("{prefix}{}", name.to_str().unwrap_or_default());
                guard.pass(&path, number)?;
                let kind = fs::symlink_metadata(&on_disk).during("read a file of the package")?;
                if kind.is_dir() {
                    waiting.push((on_disk, format!("{path}/")));
                } else if kind.is_file() {
                    let mut file = File::open(&on_disk).during("open a file of the package")?;
                    let bytes = kind.len();
                    visit(
                        &Member {
                            path: &path,
                            bytes,
                            number,
                        },
                        &mut file,
                    )?;
                } else {
                    return Err(EvidenceError::MemberKind { member: number });
                }
            }
        }
        Ok(())
    }
}

/// Counts the members and accepts each name only once.
#[derive(Default)]
struct Guard {
    count: usize,
    names: HashSet<String>,
}

impl Guard {
    fn next(&mut self) -> Result<usize, EvidenceError> {
        self.count += 1;
        if self.count > MEMBERS_LIMIT {
            return Err(EvidenceError::TooManyMembers {
                limit: MEMBERS_LIMIT,
            });
        }
        Ok(self.count)
    }

    fn pass(&mut self, name: &str, number: usize) -> Result<(), EvidenceError> {
        if !is_plain_path(name) || name.len() > PATH_LIMIT {
            return Err(EvidenceError::MemberName { member: number });
        }
        if !self.names.insert(name.to_ascii_lowercase()) {
            return Err(EvidenceError::DuplicateMember { member: number });
        }
        Ok(())
    }
}

/// After the last member there are at least two blocks of zeros and nothing else. So a truncated
/// tar is noticed, and nothing can be hidden after the end.
fn ends_in_zeros(mut file: File, end: u64) -> Result<(), EvidenceError> {
    file.seek(SeekFrom::Start(end)).during("read the package")?;
    let mut zeros = 0_u64;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).during("read the package")?;
        let tail = buffer.get(..read).unwrap_or_default();
        if tail.is_empty() {
            break;
        }
        if tail.iter().any(|byte| *byte != 0) {
            return Err(EvidenceError::ArchiveEnd);
        }
        zeros += read as u64;
    }
    if zeros < 2 * BLOCK {
        return Err(EvidenceError::ArchiveEnd);
    }
    Ok(())
}

const MEMBERS_LIMIT: usize = 10_000;
const PATH_LIMIT: usize = 255;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tar::{Builder, Header};

    use super::*;

    fn header(name: &[u8], kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(size);
        header.set_cksum();
        header
    }

    fn tar_of(members: &[(&[u8], EntryType)]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, kind) in members {
            builder.append(&header(name, *kind, 0), &[][..]).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn walk(bytes: &[u8]) -> Result<Vec<String>, EvidenceError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut seen = Vec::new();
        Source::at(file.path())?.each(&mut |member, _| {
            seen.push(member.path.to_owned());
            Ok(())
        })?;
        Ok(seen)
    }

    #[test]
    fn plain_files_are_shown() {
        let tar = tar_of(&[
            (b"E/", EntryType::Directory),
            (b"E/bagit.txt", EntryType::Regular),
            (b"E/data/x", EntryType::Regular),
        ]);
        assert_eq!(walk(&tar).unwrap(), ["bagit.txt", "data/x"]);
    }

    #[test]
    fn a_name_that_leaves_the_package_is_refused() {
        let names: [&[u8]; 10] = [
            b"/etc/passwd",
            b"../x",
            b"E/../../x",
            b"E/./x",
            b"E//x",
            b"E/x\\y",
            b"E/a b",
            b"E/\xff",
            b"E/\n",
            b"F/x",
        ];
        for name in names {
            let tar = tar_of(&[(b"E/a", EntryType::Regular), (name, EntryType::Regular)]);
            assert!(
                matches!(walk(&tar), Err(EvidenceError::MemberName { member: 2 })),
                "{name:?}"
            );
        }
    }

    #[test]
    fn everything_but_files_and_directories_is_refused() {
        for kind in [
            EntryType::Symlink,
            EntryType::Link,
            EntryType::Char,
            EntryType::Block,
            EntryType::Fifo,
            EntryType::Continuous,
            EntryType::GNUSparse,
            EntryType::GNULongName,
            EntryType::GNULongLink,
            EntryType::XHeader,
            EntryType::XGlobalHeader,
            EntryType::new(b'V'),
        ] {
            let tar = tar_of(&[(b"E/a", EntryType::Regular), (b"E/b", kind)]);
            assert!(
                matches!(walk(&tar), Err(EvidenceError::MemberKind { member: 2 })),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn a_name_may_stand_only_once_in_whatever_case() {
        for second in [&b"E/data/x"[..], b"E/DATA/X"] {
            let tar = tar_of(&[
                (b"E/data/x", EntryType::Regular),
                (second, EntryType::Regular),
            ]);
            assert!(matches!(
                walk(&tar),
                Err(EvidenceError::DuplicateMember { member: 2 })
            ));
        }
    }

    #[test]
    fn a_member_that_claims_more_than_there_is_is_refused() {
        for size in [1025, 8 * 1024 * 1024 * 1024, u64::MAX >> 1] {
            let mut tar = header(b"E/a", EntryType::Regular, size).as_bytes().to_vec();
            tar.extend([0; 1024]);
            assert!(walk(&tar).is_err(), "{size}");
        }
    }

    #[test]
    fn a_tar_ends_with_its_end_mark_and_nothing_after_it() {
        let tar = tar_of(&[(b"E/a", EntryType::Regular)]);
        assert!(walk(&tar).is_ok());
        let mut more = tar.clone();
        more.extend([0; 10240]);
        assert!(walk(&more).is_ok());
        more.push(1);
        assert!(matches!(walk(&more), Err(EvidenceError::ArchiveEnd)));
        for cut in [512, 512 + 1023] {
            assert!(walk(&tar[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn what_is_no_tar_is_no_package() {
        for bytes in [&b""[..], b"hello", &[0; 1024], &[0x1f; 2048]] {
            assert!(walk(bytes).is_err());
        }
    }

    #[test]
    fn a_link_in_a_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("bagit.txt")).unwrap();
        let walked = Source::at(dir.path()).unwrap().each(&mut |_, _| Ok(()));
        assert!(matches!(
            walked,
            Err(EvidenceError::MemberKind { member: 1 })
        ));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2048)) {
            let _ = walk(&bytes);
        }
    }
}
