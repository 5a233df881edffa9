//! Opens a package with a recipient's identity.
//!
//! The manifests and the signature must verify before anything is decrypted. `verify` checks whose
//! signature it is, and the audit log's proof. Plaintext is written to new files that only their
//! owner may read. If anything fails, the files written so far are removed.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use crate::domain::hex;
use crate::evidence::digest::array;
use crate::evidence::error::During;
use crate::evidence::package::DIGESTS;
use crate::evidence::source::Source;
use crate::evidence::survey::Survey;
use crate::evidence::verify::judge;
use crate::evidence::{CheckName, EvidenceError, Trust};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Paths of the plaintext files, in the output directory.
    pub files: Vec<PathBuf>,
}

/// Opens the package at `path`. `identity_text` is an age identity file: `AGE-SECRET-KEY-1…` lines
/// and `#` comments.
pub fn open(path: &Path, identity_text: &str, out_dir: &Path) -> Result<Opened, EvidenceError> {
    let identities = identities(identity_text)?;
    let source = Source::at(path)?;
    let survey = Survey::of(&source)?;
    // Whether its leaves are in the log is outside: no key of a log is known here.
    let trust = Trust {
        check_proof: Some(&|_, _| Ok(String::new())),
        ..Trust::default()
    };
    let verdict = judge(&survey, &trust);
    let outside = [CheckName::Signer, CheckName::InclusionProof];
    let failed = verdict
        .checks
        .iter()
        .find(|check| !check.holds && !outside.contains(&check.name));
    if let Some(check) = failed {
        return Err(EvidenceError::Unverified { check: check.name });
    }

    let mut private = DirBuilder::new();
    private.recursive(true).mode(0o700);
    private
        .create(out_dir)
        .during("create the output directory")?;
    for file in survey.payload().filter_map(|(path, _)| sealed_name(path)) {
        if out_dir.join(file).symlink_metadata().is_ok() {
            return Err(EvidenceError::AlreadyThere {
                file: file.to_owned(),
            });
        }
    }
    let mut opening = Opening {
        identities,
        out_dir,
        found: BTreeMap::new(),
        said: None,
        written: Written(Vec::new()),
    };
    source.each(&mut |member, from| match sealed_name(member.path) {
        Some(name) => {
            let expected = survey.files.get(member.path).map(|digests| digests.sha256);
            opening.open(name, expected, from)
        }
        None => Ok(()),
    })?;
    opening.finish()
}

struct Opening<'a> {
    identities: Vec<age::x25519::Identity>,
    out_dir: &'a Path,
    /// SHA-256 of each plaintext, as it was written.
    found: BTreeMap<String, String>,
    /// The same from the sealed list of digests.
    said: Option<BTreeMap<String, Said>>,
    written: Written,
}

#[derive(serde::Deserialize)]
struct Said {
    sha256: String,
}

impl Opening<'_> {
    fn open(
        &mut self,
        name: &str,
        expected: Option<[u8; 32]>,
        from: &mut dyn Read,
    ) -> Result<(), EvidenceError> {
        let file = || name.to_owned();
        let broken = |_| EvidenceError::SealBroken { file: file() };
        let mut hashed = Hashed {
            from,
            sha256: Context::new(&SHA256),
        };
        let decryptor =
            age::Decryptor::new_buffered(BufReader::with_capacity(128 * 1024, &mut hashed))
                .map_err(|_| EvidenceError::SealBroken { file: file() })?;
        let identities = self
            .identities
            .iter()
            .map(|identity| identity as &dyn age::Identity);
        let mut plaintext = decryptor.decrypt(identities).map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => EvidenceError::WrongIdentity { file: file() },
            _ => EvidenceError::SealBroken { file: file() },
        })?;

        let mut out = self.written.create(self.out_dir, name)?;
        let mut digest = Context::new(&SHA256);
        let mut kept = Zeroizing::new(Vec::new());
        let mut buffer = Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            let read = plaintext.read(&mut buffer).map_err(broken)?;
            let piece = buffer.get(..read).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            digest.update(piece);
            out.write_all(piece).during("write an opened file")?;
            if name == DIGESTS {
                if kept.len() + read > DIGESTS_LIMIT {
                    return Err(EvidenceError::NoDigests);
                }
                kept.extend_from_slice(piece);
            }
        }
        drop(plaintext);
        out.sync_all().during("write an opened file")?;
        // Checks that the file did not change since it was verified.
        io::copy(&mut hashed, &mut io::sink()).during("read a file of the package")?;
        if Some(array(hashed.sha256.finish().as_ref())) != expected {
            return Err(EvidenceError::SealBroken { file: file() });
        }
        if name == DIGESTS {
            // The message of serde would quote its input.
            let said = serde_json::from_slice(&kept).map_err(|_| EvidenceError::NoDigests)?;
            self.said = Some(said);
        } else {
            self.found
                .insert(file(), hex::encode(digest.finish().as_ref()));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Opened, EvidenceError> {
        let mut said = self.said.take().ok_or(EvidenceError::NoDigests)?;
        for (file, digest) in &self.found {
            match said.remove(file) {
                Some(said) if said.sha256 == *digest => {}
                _ => return Err(EvidenceError::DigestMismatch { file: file.clone() }),
            }
        }
        if !said.is_empty() {
            // The list names a file that is not in the package.
            return Err(EvidenceError::DigestMismatch {
                file: DIGESTS.to_owned(),
            });
        }
        let mut files = std::mem::take(&mut self.written.0);
        files.sort();
        Ok(Opened { files })
    }
}

/// Files that are removed on drop unless they were taken out.
struct Written(Vec<PathBuf>);

impl Written {
    fn create(&mut self, out_dir: &Path, name: &str) -> Result<File, EvidenceError> {
        let path = out_dir.join(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| match source.kind() {
                io::ErrorKind::AlreadyExists => EvidenceError::AlreadyThere {
                    file: name.to_owned(),
                },
                _ => EvidenceError::Io {
                    step: "create an opened file",
                    source,
                },
            })?;
        self.0.push(path);
        Ok(file)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        for path in &self.0 {
            // If a file cannot be removed, nothing more can be done.
            let _ = fs::remove_file(path);
        }
    }
}

/// A reader that computes the SHA-256 of what it reads.
struct Hashed<'a> {
    from: &'a mut dyn Read,
    sha256: Context,
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.sha256.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

fn identities(text: &str) -> Result<Vec<age::x25519::Identity>, EvidenceError> {
    let mut identities = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let identity = line
            .parse()
            .map_err(|_| EvidenceError::Identity { line: at + 1 })?;
        identities.push(identity);
    }
    if identities.is_empty() {
        return Err(EvidenceError::NoIdentity);
    }
    Ok(identities)
}

/// `export.csv` for `data/export.csv.age`.
fn sealed_name(path: &str) -> Option<&str> {
    path.strip_prefix("data/")?
        .strip_suffix(".age")
        .filter(|name| !name.is_empty() && !name.contains('/'))
}

const DIGESTS_LIMIT: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use age::secrecy::ExposeSecret;

    use super::*;
    use crate::evidence::tests::fixture::attach_approval;
    use crate::evidence::tests::fixture::{CSV, JSON, Sample, Signer, info};
    use crate::evidence::{PackageName, PackageWriter};

    fn names(opened: &Opened) -> Vec<&str> {
        opened
            .files
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap())
            .collect()
    }

    #[test]
    fn the_recipient_gets_exactly_what_was_sealed() {
        let sample = Sample::new();
        for (at, package) in [sample.tar.clone(), sample.unpacked()].iter().enumerate() {
            let out = sample.dir.path().join(format!("out{at}"));
            let identity = format!("# created: today\n\n{}\n", sample.identity);
            let opened = open(package, &identity, &out).unwrap();
            assert_eq!(
                names(&opened),
                ["digests.json", "export.csv", "export.json"]
            );
            assert_eq!(fs::read(out.join("export.csv")).unwrap(), CSV);
            assert_eq!(fs::read(out.join("export.json")).unwrap(), JSON);
            for file in &opened.files {
                let mode = fs::metadata(file).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let sample = Sample::new();
        let out = sample.dir.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("export.csv"), "mine").unwrap();
        let error = open(&sample.tar, &sample.identity, &out).unwrap_err();
        assert!(matches!(error, EvidenceError::AlreadyThere { .. }));
        assert_eq!(fs::read(out.join("export.csv")).unwrap(), b"mine");
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    }

    #[test]
    fn another_identity_opens_nothing_and_leaves_nothing() {
        let sample = Sample::new();
        let out = sample.dir.path().join("out");
        let other = age::x25519::Identity::generate().to_string();
        let error = open(&sample.tar, other.expose_secret(), &out).unwrap_err();
        assert!(matches!(error, EvidenceError::WrongIdentity { .. }));
        assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
        let both = format!("{}\n{}", other.expose_secret(), sample.identity);
        assert!(open(&sample.tar, &both, &out).is_ok());
    }

    #[test]
    fn what_is_no_identity_is_refused_by_its_line_and_not_repeated() {
        let sample = Sample::new();
        let out = sample.dir.path().join("out");
        let error = open(&sample.tar, "# x\nAGE-SECRET-KEY-1QQQ\n", &out).unwrap_err();
        assert!(matches!(error, EvidenceError::Identity { line: 2 }));
        assert!(!error.to_string().contains("QQQ"));
        let error = open(&sample.tar, "# nothing\n", &out).unwrap_err();
        assert!(matches!(error, EvidenceError::NoIdentity));
    }

    #[test]
    fn a_package_that_does_not_verify_is_not_opened() {
        let sample = Sample::new();
        let bag = sample.unpacked();
        let out = sample.dir.path().join("out");
        let path = bag.join("data/export.csv.age");
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
        let error = open(&bag, &sample.identity, &out).unwrap_err();
        let check = CheckName::ManifestSha256;
        assert!(matches!(error, EvidenceError::Unverified { check: c } if c == check));
        assert!(!out.exists());
    }

    #[test]
    fn an_attached_file_is_not_taken_for_a_sealed_one() {
        assert_eq!(sealed_name("data/x.csv.age"), Some("x.csv"));
        for path in ["data/.age", "data/x.csv", "x.age", "data/a/x.age"] {
            assert_eq!(sealed_name(path), None, "{path}");
        }
    }

    #[test]
    fn a_sealed_file_of_many_chunks_makes_the_round_trip() {
        for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 700_001] {
            let dir = tempfile::tempdir().unwrap();
            let key = age::x25519::Identity::generate();
            let recipient = key.to_public().to_string().parse().unwrap();
            let name = PackageName::parse("EXP-0003").unwrap();
            let mut writer =
                PackageWriter::begin(&dir.path().join("w"), &name, &[recipient]).unwrap();
            let plaintext: Vec<u8> = (0..length).map(|i: u32| i.to_le_bytes()[0]).collect();
            let mut sealed = writer.seal("x").unwrap();
            sealed.write_all(&plaintext).unwrap();
            sealed.finish().unwrap();
            attach_approval(&mut writer, "EXP-0003");
            let signer = Signer::new(1);
            let tar = dir.path().join("p.tar");
            writer
                .finish(&info(), &|b| signer.sign(b), signer.public(), &tar)
                .unwrap();
            let out = dir.path().join("out");
            open(&tar, key.to_string().expose_secret(), &out).unwrap();
            assert_eq!(fs::read(out.join("x")).unwrap(), plaintext);
        }
    }
}
