//! Writes a package: sealed and attached files, manifests, signature, one tar.
//!
//! The working directory holds ciphertext only. After a crash the caller may delete it; nothing
//! else is left. The tar appears as a whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;

use zeroize::Zeroizing;

use crate::domain::hex;
use crate::evidence::approval::{Claim, DECIDED, LEAF, PROOF};
use crate::evidence::device::{self, Demands, Signed};
use crate::evidence::digest::{Digests, sha256, sha256_of_stream};
use crate::evidence::error::During;
use crate::evidence::name::plain;
use crate::evidence::sealed::{Part, Parts};
use crate::evidence::sshsig::{self, NAMESPACE};
use crate::evidence::tagfiles::TagFiles;
use crate::evidence::tarball::Tarball;
use crate::evidence::{BagInfo, EvidenceError, PackageName, Recipient, SealedFile};

/// A package being made.
pub struct PackageWriter {
    work_dir: PathBuf,
    name: PackageName,
    recipients: Vec<Recipient>,
    taken: Vec<String>,
    begun: usize,
    /// The name of the first file begun, which is written straight into the tar.
    in_tar: Option<String>,
    attached: BTreeMap<String, Vec<u8>>,
    parts: Parts,
}

/// What was made.
#[derive(Debug)]
pub struct Finished {
    /// The digest that the signature covers, and that a recipient's acknowledgement names.
    pub tagmanifest_sha256: [u8; 32],
    /// SHA-256 of the tar.
    pub sha256: [u8; 32],
    /// The length of the tar in bytes.
    pub bytes: u64,
    /// The tar, open at its beginning: the file that was read for its digest.
    pub file: File,
}

impl PackageWriter {
    /// Begins a package. `work_dir` must be empty or not exist, and be on the file system of the
    /// tar.
    pub fn begin(
        work_dir: &Path,
        name: &PackageName,
        recipients: &[Recipient],
    ) -> Result<Self, EvidenceError> {
        if recipients.is_empty() {
            return Err(EvidenceError::NoRecipient);
        }
        for (at, recipient) in recipients.iter().enumerate() {
            if recipients.iter().take(at).any(|other| other == recipient) {
                return Err(EvidenceError::DuplicateRecipient { position: at + 1 });
            }
        }
        let mut private = DirBuilder::new();
        private.recursive(true).mode(0o700);
        private
            .create(work_dir)
            .during("create the working directory")?;
        let mut held = fs::read_dir(work_dir).during("read the working directory")?;
        if held.next().is_some() {
            return Err(EvidenceError::WorkDirInUse);
        }
        Ok(Self {
            work_dir: work_dir.to_owned(),
            name: name.clone(),
            recipients: recipients.to_vec(),
            taken: vec![DIGESTS.to_owned(), format!("{DIGESTS}.age")],
            begun: 0,
            in_tar: None,
            attached: BTreeMap::new(),
            parts: Parts::default(),
        })
    }

    /// Begins `data/<file_name>.age`. Several files may be open at a time. The first is written
    /// straight into the tar, so begin with the largest.
    pub fn seal(&mut self, file_name: &str) -> Result<SealedFile, EvidenceError> {
        let file_name = plain(file_name)?;
        self.take(&format!("{file_name}.age"))?;
        self.begin_sealed(file_name)
    }

    /// Leaves out a file that was begun, but not the first one.
    pub fn leave_out(&mut self, file: SealedFile) -> Result<(), EvidenceError> {
        if self.in_tar.as_deref() == Some(file.name()) {
            return Err(EvidenceError::Unfinished { unfinished: 1 });
        }
        let path = self.sealed_path(file.name());
        drop(file);
        self.begun -= 1;
        fs::remove_file(path).during("delete a sealed file")
    }

    /// Adds a file to `data/` in the clear; it must contain nothing from a record.
    pub fn attach(&mut self, file_name: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        let file_name = plain(file_name)?;
        if file_name.to_ascii_lowercase().ends_with(".age") {
            return Err(EvidenceError::Name);
        }
        if bytes.len() > ATTACHED_LIMIT {
            return Err(EvidenceError::AttachmentTooLarge {
                limit: ATTACHED_LIMIT,
            });
        }
        self.take(file_name)?;
        self.attached.insert(file_name.to_owned(), bytes.to_vec());
        Ok(())
    }

    /// Seals the digests, writes manifests and tag files, gets the tag manifest signed, and moves
    /// the tar to `out_tar`, which must not exist. Removes the working directory.
    pub fn finish(
        mut self,
        info: &BagInfo,
        sign: &dyn Fn(&[u8]) -> [u8; 64],
        signer_public: [u8; 32],
        out_tar: &Path,
    ) -> Result<Finished, EvidenceError> {
        let unfinished = self.begun - self.parts.count();
        if unfinished > 0 {
            return Err(EvidenceError::Unfinished { unfinished });
        }
        if out_tar.try_exists().during("look for the package file")? {
            return Err(EvidenceError::PackageExists);
        }
        self.approved(info)?;
        let mut parts = self.parts.take();
        parts.sort_by(|a, b| a.name.cmp(&b.name));
        parts.extend(self.seal_digests(&parts)?);

        let sealed = parts
            .iter()
            .map(|part| (format!("{}.age", part.name), part.ciphertext));
        let attached = self.attached.iter();
        let attached = attached.map(|(name, bytes)| (name.clone(), Digests::of(bytes)));
        let payload: Vec<_> = attached.chain(sealed).collect();
        let tags = TagFiles::of(&payload, info)?;
        let message = tags.tagmanifest.as_bytes();
        let signature = sshsig::sign(message, NAMESPACE, sign, signer_public);
        sshsig::verify(&signature, NAMESPACE, signer_public, message)
            .map_err(|_| EvidenceError::SignerMismatch)?;

        let built = self.work_dir.join(TAR);
        let (file, sha256_of_tar, bytes) = (|| -> io::Result<_> {
            let top = self.name.as_str();
            let path = |part: &Part| format!("{top}/data/{}.age", part.name);
            let out = OpenOptions::new().read(true).write(true).open(&built)?;
            let mut tar = Tarball::new(out, info.bagged_at);
            tar.directory(top)?;
            tar.directory(&format!("{top}/data"))?;
            let in_tar = |part: &&Part| Some(&part.name) == self.in_tar.as_ref();
            for part in parts.iter().filter(in_tar) {
                tar.in_place(&path(part), part.ciphertext.bytes)?;
            }
            for part in parts.iter().filter(|part| !in_tar(part)) {
                let file = File::open(self.sealed_path(&part.name))?;
                tar.file(&path(part), part.ciphertext.bytes, file)?;
            }
            for (name, bytes) in &self.attached {
                tar.bytes(&format!("{top}/data/{name}"), bytes)?;
            }
            for (name, text) in &tags.listed {
                tar.bytes(&format!("{top}/{name}"), text.as_bytes())?;
            }
            tar.bytes(&format!("{top}/{TAGMANIFEST}"), message)?;
            tar.bytes(&format!("{top}/{SIGNATURE}"), signature.as_bytes())?;
            durable_digest(tar.finish()?)
        })()
        .during("write the package file")?;
        fs::rename(&built, out_tar).during("move the package file to its place")?;
        if let Some(parent) = out_tar.parent().filter(|p| !p.as_os_str().is_empty()) {
            File::open(parent)
                .and_then(|directory| directory.sync_all())
                .during("make the package file durable")?;
        }
        fs::remove_dir_all(&self.work_dir).during("clear the working directory")?;
        Ok(Finished {
            tagmanifest_sha256: sha256(message),
            sha256: sha256_of_tar,
            bytes,
            file,
        })
    }

    /// No package is made that nobody else than the asker approved.
    fn approved(&self, info: &BagInfo) -> Result<(), EvidenceError> {
        let attached = |path: &str| {
            let name = path.trim_start_matches("data/");
            self.attached.get(name).map(Vec::as_slice)
        };
        let mut labels = info.extra.clone();
        labels.push((
            "External-Identifier".to_owned(),
            info.external_identifier.clone(),
        ));
        let claim = Claim {
            info: &labels,
            leaf: attached(LEAF),
            decided: attached(DECIDED),
            proof: attached(&format!("{}{PROOF}", self.name.as_str())),
        };
        let signed = Signed {
            info: &labels,
            leaf: attached(LEAF),
            assertion: attached(device::ASSERTION),
            statement: attached(device::STATEMENT),
            key: attached(device::KEY),
            enrolment: attached(device::ENROLMENT),
            proof: attached(device::ENROLMENT_PROOF),
        };
        // That both leaves are in the log is known to whoever took them from there.
        let in_log = |_: &[u8], _: &[u8]| Ok(String::new());
        let checked = claim.check();
        let checked = checked.and_then(|_| signed.check(Demands::default(), Some(&in_log)));
        match checked {
            Ok(_) => Ok(()),
            Err(wrong) => Err(EvidenceError::NotApproved { wrong }),
        }
    }

    /// Names that differ only in case are the same file on some systems.
    fn take(&mut self, name: &str) -> Result<(), EvidenceError> {
        if self
            .taken
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
        {
            return Err(EvidenceError::DuplicateName);
        }
        self.taken.push(name.to_owned());
        Ok(())
    }

    fn begin_sealed(&mut self, file_name: &str) -> Result<SealedFile, EvidenceError> {
        let file = if self.in_tar.is_none() {
            let mut tar = create(&self.work_dir.join(TAR))?;
            tar.seek(SeekFrom::Start(Tarball::FIRST_CONTENT))
                .during("write a sealed file")?;
            self.in_tar = Some(file_name.to_owned());
            tar
        } else {
            create(&self.sealed_path(file_name))?
        };
        let sealed = SealedFile::begin(file_name, &self.recipients, file, self.parts.clone())?;
        self.begun += 1;
        Ok(sealed)
    }

    fn sealed_path(&self, file_name: &str) -> PathBuf {
        self.work_dir.join(format!("{file_name}.age"))
    }

    /// A digest of a short plaintext gives the plaintext away (there are only 10^10 numbers), so
    /// the digests are sealed like the files themselves.
    fn seal_digests(&mut self, parts: &[Part]) -> Result<Vec<Part>, EvidenceError> {
        let mut json = Zeroizing::new(String::from("{"));
        for part in parts {
            let comma = if json.len() > 1 { "," } else { "" };
            let digest = Zeroizing::new(hex::encode(&part.plaintext_sha256));
            json.push_str(&format!(
                "{comma}\n  \"{}\": {{ \"bytes\": {}, \"sha256\": \"",
                part.name, part.plaintext_bytes
            ));
            json.push_str(&digest);
            json.push_str("\" }");
        }
        json.push_str("\n}\n");
        let mut sealed = self.begin_sealed(DIGESTS)?;
        sealed
            .write_all(json.as_bytes())
            .during("write a sealed file")?;
        sealed.finish()?;
        Ok(self.parts.take())
    }
}

/// Makes a file durable and computes its SHA-256 and its length meanwhile, because neither waits for the other. The
/// digest is of the open file, which nobody can put another in place of; it is given back.
fn durable_digest(mut file: File) -> io::Result<(File, [u8; 32], u64)> {
    let same = file.try_clone()?;
    let (digest, bytes) = thread::scope(|scope| {
        let syncing = thread::Builder::new().spawn_scoped(scope, move || same.sync_all())?;
        file.rewind()?;
        let digest = sha256_of_stream(&mut file)?;
        let synced = syncing.join();
        synced.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))?;
        Ok::<_, io::Error>(digest)
    })?;
    file.rewind()?;
    Ok((file, digest, bytes))
}

fn create(path: &Path) -> Result<File, EvidenceError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .during("create a file in the working directory")
}

/// The tar's name in the working directory, until it is complete.
const TAR: &str = "package.tar";
pub(super) const TAGMANIFEST: &str = "tagmanifest-sha256.txt";
pub(super) const SIGNATURE: &str = "tagmanifest-sha256.txt.sig";
/// SHA-256 and length of every sealed file's plaintext, sealed like the files.
pub(super) const DIGESTS: &str = "digests.json";
const ATTACHED_LIMIT: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::tests::fixture::{self, Sample, Signer, info};

    fn recipient() -> Recipient {
        age::x25519::Identity::generate()
            .to_public()
            .to_string()
            .parse()
            .unwrap()
    }

    fn begin(work: &Path) -> PackageWriter {
        PackageWriter::begin(work, &PackageName::parse("P").unwrap(), &[recipient()]).unwrap()
    }

    fn approved(mut writer: PackageWriter) -> PackageWriter {
        fixture::attach_approval(&mut writer, "P");
        writer
    }

    fn finish(writer: PackageWriter, out: &Path) -> Result<Finished, EvidenceError> {
        let signer = Signer::new(1);
        let writer = approved(writer);
        writer.finish(&info(), &|bytes| signer.sign(bytes), signer.public(), out)
    }

    #[test]
    fn a_package_has_recipients_and_each_once() {
        let dir = tempfile::tempdir().unwrap();
        let name = PackageName::parse("P").unwrap();
        assert!(matches!(
            PackageWriter::begin(dir.path(), &name, &[]),
            Err(EvidenceError::NoRecipient)
        ));
        let (one, two) = (recipient(), recipient());
        assert!(matches!(
            PackageWriter::begin(dir.path(), &name, &[one.clone(), two, one]),
            Err(EvidenceError::DuplicateRecipient { position: 3 })
        ));
    }

    #[test]
    fn a_working_directory_in_use_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("left.age"), "x").unwrap();
        let begun = PackageWriter::begin(
            dir.path(),
            &PackageName::parse("P").unwrap(),
            &[recipient()],
        );
        assert!(matches!(begun, Err(EvidenceError::WorkDirInUse)));
    }

    #[test]
    fn a_file_name_is_plain_and_new() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = begin(&dir.path().join("w"));
        writer.attach("entry.json", b"x").unwrap();
        drop(writer.seal("a.csv").unwrap());
        for name in ["a.csv", "A.CSV", "digests.json"] {
            assert!(
                matches!(writer.seal(name), Err(EvidenceError::DuplicateName)),
                "{name}"
            );
        }
        for name in ["entry.json", "ENTRY.json", "digests.json"] {
            assert!(
                matches!(writer.attach(name, b""), Err(EvidenceError::DuplicateName)),
                "{name}"
            );
        }
        for name in ["", "../x", "a/b", ".x", "a b"] {
            assert!(
                matches!(writer.seal(name), Err(EvidenceError::Name)),
                "{name}"
            );
            assert!(
                matches!(writer.attach(name, b""), Err(EvidenceError::Name)),
                "{name}"
            );
        }
        assert!(matches!(
            writer.attach("x.AGE", b""),
            Err(EvidenceError::Name)
        ));
        let large = vec![0; ATTACHED_LIMIT + 1];
        assert!(matches!(
            writer.attach("large", &large),
            Err(EvidenceError::AttachmentTooLarge { .. })
        ));
    }

    #[test]
    fn a_package_with_an_unfinished_file_is_not_made() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = begin(&dir.path().join("w"));
        drop(writer.seal("a.csv").unwrap());
        let out = dir.path().join("p.tar");
        assert!(matches!(
            finish(writer, &out),
            Err(EvidenceError::Unfinished { unfinished: 1 })
        ));
        assert!(!out.exists());
    }

    #[test]
    fn a_file_that_is_left_out_is_in_no_package() {
        let dir = tempfile::tempdir().unwrap();
        let work = dir.path().join("w");
        let out = dir.path().join("p.tar");
        let mut writer = begin(&work);
        let mut kept = writer.seal("a.csv").unwrap();
        kept.write_all(b"kept").unwrap();
        let mut left = writer.seal("b.csv").unwrap();
        left.write_all(&[7; 1 << 20]).unwrap();
        writer.leave_out(left).unwrap();
        assert!(!work.join("b.csv.age").exists());
        kept.finish().unwrap();
        finish(writer, &out).unwrap();
        let mut tar = tar::Archive::new(File::open(&out).unwrap());
        let names: Vec<String> = tar
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().display().to_string())
            .collect();
        assert!(names.contains(&"P/data/a.csv.age".to_owned()));
        assert!(!names.iter().any(|name| name.contains("b.csv")));
    }

    #[test]
    fn the_first_file_is_not_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = begin(&dir.path().join("w"));
        let first = writer.seal("a.csv").unwrap();
        assert!(writer.leave_out(first).is_err());
        let finished = finish(writer, &dir.path().join("p.tar"));
        assert!(matches!(
            finished,
            Err(EvidenceError::Unfinished { unfinished: 1 })
        ));
    }

    #[test]
    fn a_package_without_its_own_approval_is_not_made() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("p.tar");
        let signer = Signer::new(1);
        for (from, to, wrong) in [
            ("approve", "deny", "decision: "),
            ("EXP-0003", "EXP-0004", "export: "),
            ("o_asker", "o_decider", "asker: "),
            ("\"decided\":\"", "\"decided\":\"A", "digest: "),
            ("\"seq\":41", "\"seq\":40", "index: "),
        ] {
            let work = dir.path().join(from.replace('"', ""));
            let mut writer = begin(&work);
            let leaf = fixture::leaf().replacen(from, to, 1);
            writer.attach("entry.json", leaf.as_bytes()).unwrap();
            writer
                .attach("decided.json", fixture::DECIDED.as_bytes())
                .unwrap();
            writer
                .attach("P.tlog-proof", fixture::PROOF.as_bytes())
                .unwrap();
            let finished =
                writer.finish(&info(), &|bytes| signer.sign(bytes), signer.public(), &out);
            match finished {
                Err(EvidenceError::NotApproved { wrong: told }) => {
                    assert!(told.starts_with(wrong), "{told}");
                }
                other => panic!("{from}: {other:?}"),
            }
        }
        let bare = begin(&dir.path().join("bare"));
        let finished = bare.finish(&info(), &|bytes| signer.sign(bytes), signer.public(), &out);
        assert!(matches!(finished, Err(EvidenceError::NotApproved { .. })));
        assert!(!out.exists());
    }

    #[test]
    fn a_package_never_overwrites_another() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("p.tar");
        fs::write(&out, "mine").unwrap();
        let writer = begin(&dir.path().join("w"));
        assert!(matches!(
            finish(writer, &out),
            Err(EvidenceError::PackageExists)
        ));
        assert_eq!(fs::read(&out).unwrap(), b"mine");
    }

    #[test]
    fn a_signature_that_is_not_of_the_named_key_makes_no_package() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("p.tar");
        let (signer, other) = (Signer::new(1), Signer::new(2));
        let writer = approved(begin(&dir.path().join("w")));
        let finished = writer.finish(&info(), &|bytes| signer.sign(bytes), other.public(), &out);
        assert!(matches!(finished, Err(EvidenceError::SignerMismatch)));
        assert!(!out.exists());
    }

    #[test]
    fn only_ciphertext_is_written_and_the_working_directory_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let work = dir.path().join("w");
        let out = dir.path().join("p.tar");
        let mut writer = begin(&work);
        let mut sealed = writer.seal("a.csv").unwrap();
        sealed.write_all(b"+12025550100").unwrap();
        sealed.finish().unwrap();
        for entry in fs::read_dir(&work).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let begin = bytes.iter().position(|byte| *byte != 0).unwrap();
            assert!(bytes[begin..].starts_with(b"age-encryption.org/v1\n"));
        }
        finish(writer, &out).unwrap();
        assert!(!work.exists());
        let tar = fs::read(&out).unwrap();
        let plain = sha256(b"+12025550100");
        for trace in [&b"2025550100"[..], hex::encode(&plain).as_bytes(), &plain] {
            assert!(!tar.windows(trace.len()).any(|window| window == trace));
        }
    }

    #[test]
    fn nothing_of_the_machine_is_in_the_tar() {
        let sample = Sample::new();
        let file = File::open(&sample.tar).unwrap();
        for entry in tar::Archive::new(file).entries().unwrap() {
            let entry = entry.unwrap();
            let header = entry.header();
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.mtime().unwrap(), 1_712_044_800);
            assert_eq!(header.username().unwrap(), Some(""));
            assert!(entry.path().unwrap().starts_with("EXP-0003"));
        }
    }
}
