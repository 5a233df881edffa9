//! What stands behind the copy in a backup: a line of JSON about it, and a last line with a digest of all before it.
//!
//! The digest finds damage. It is not keyed, so it does not find whoever makes another backup: the signed log and,
//! with the keys, the seals do.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::fault::BackupError;
use crate::domain::{Moment, VaultId, hex};

/// What a backup is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The database: everything but the keys.
    Database,
    /// The keyring, sealed as it lies in `keys/`.
    Keyring,
    /// The lists of erased numbers, sealed as they lie in `keys/`.
    Erasures,
}

impl Kind {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Keyring => "keyring",
            Self::Erasures => "erasure lists",
        }
    }
}

/// What a backup says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What it is of.
    pub kind: Kind,
    /// The id of the vault.
    pub vault: VaultId,
    /// When it was made, by the machine's clock.
    pub made_at: String,
    /// The bytes of the copy.
    pub bytes: u64,
    /// Where the log ends, in a backup of the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogEnd>,
    /// The generation of the keyring, in a backup of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// The high-water mark that lay beside the keyring, sealed, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// Where the log in a backup ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEnd {
    /// How many leaves it has.
    pub leaves: u64,
    /// The root over them.
    pub root: String,
    /// The public key of the log.
    pub vkey: String,
    /// How many exhibits agree with the leaves of their admission.
    pub exhibits: usize,
}

const MAGIC: &str = "breachvault-backup ";
const VERSION: &str = "1";
/// `breachvault-backup 1 0000000123 ` before the digest, the digest, and the end of the line.
const HEAD_BYTES: usize = MAGIC.len() + VERSION.len() + 1 + LENGTH_DIGITS + 1;
const TAIL_BYTES: usize = HEAD_BYTES + 64 + 1;
const LENGTH_DIGITS: usize = 10;
/// The longest line about a backup.
const LONGEST: u64 = 1 << 20;

fn head(length: usize) -> String {
    format!("{MAGIC}{VERSION} {length:010} ")
}

/// Writes what stands behind the copy, of which `digest` has taken every byte.
pub(super) fn write(
    out: &mut dyn Write,
    mut digest: Context,
    manifest: &Manifest,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(manifest).map_err(|_| io::ErrorKind::InvalidData)?;
    line.push(b'\n');
    line.extend_from_slice(head(line.len()).as_bytes());
    digest.update(&line);
    out.write_all(&line)?;
    let digest = hex::encode(digest.finish().as_ref());
    out.write_all(format!("{digest}\n").as_bytes())
}

/// Reads what a backup says about itself. Nothing is verified yet.
pub(super) fn read(path: &Path) -> Result<(File, Manifest), BackupError> {
    let failed = BackupError::io("open the backup");
    // Opening a pipe would wait for somebody who writes to it.
    if !fs::metadata(path).map_err(&failed)?.is_file() {
        return Err(BackupError::NoBackup);
    }
    let mut file = File::open(path).map_err(&failed)?;
    let (_, line) = end(&mut file)?;
    Ok((file, parsed(&line)?))
}

/// Reads the whole file, compares it with its digest, and writes the copy in it to `out`.
pub(super) fn check(file: &mut File, out: &mut dyn Write) -> Result<Manifest, BackupError> {
    let failed = BackupError::io("read the backup");
    let (copied, line) = end(file)?;
    file.rewind().map_err(&failed)?;
    let mut digest = Context::new(&SHA256);
    copy(file, copied, &mut digest, out)?;
    let mut behind = Vec::new();
    file.take(LONGEST * 2)
        .read_to_end(&mut behind)
        .map_err(&failed)?;
    let at = behind.len().checked_sub(65).ok_or(BackupError::NoBackup)?;
    let (told, found) = behind.split_at(at);
    digest.update(told);
    let wanted = format!("{}\n", hex::encode(digest.finish().as_ref()));
    if !told.starts_with(&line) || found != wanted.as_bytes() {
        return Err(BackupError::Damaged);
    }
    let manifest = parsed(&line)?;
    match manifest.bytes == copied {
        true => Ok(manifest),
        false => Err(BackupError::Untrue("its length")),
    }
}

/// Copies so many bytes, through the digest.
pub(super) fn copy(
    file: &mut File,
    bytes: u64,
    digest: &mut Context,
    out: &mut dyn Write,
) -> Result<(), BackupError> {
    let mut buffer = vec![0; 1 << 20];
    let mut left = bytes;
    while left > 0 {
        let most = usize::try_from(left.min(1 << 20)).unwrap_or(1 << 20);
        let part = buffer.get_mut(..most).ok_or(BackupError::Damaged)?;
        let read = file
            .read(part)
            .map_err(BackupError::io("read the backup"))?;
        let part = part.get(..read).filter(|part| !part.is_empty());
        let part = part.ok_or(BackupError::NoBackup)?;
        digest.update(part);
        out.write_all(part)
            .map_err(BackupError::io("write the copy"))?;
        left -= part.len() as u64;
    }
    Ok(())
}

/// How many bytes the copy has, and the line behind it.
fn end(file: &mut File) -> Result<(u64, Vec<u8>), BackupError> {
    let failed = BackupError::io("read the backup");
    let metadata = file.metadata().map_err(&failed)?;
    if !metadata.is_file() {
        return Err(BackupError::NoBackup);
    }
    let before_tail = metadata.len().checked_sub(TAIL_BYTES as u64);
    let before_tail = before_tail.ok_or(BackupError::NoBackup)?;
    file.seek(SeekFrom::Start(before_tail)).map_err(&failed)?;
    let mut tail = [0; TAIL_BYTES];
    file.read_exact(&mut tail).map_err(&failed)?;
    let tail = std::str::from_utf8(&tail).map_err(|_| BackupError::NoBackup)?;
    let rest = tail.strip_prefix(MAGIC).ok_or(BackupError::NoBackup)?;
    let (version, rest) = rest.split_once(' ').ok_or(BackupError::NoBackup)?;
    if version != VERSION {
        return Err(BackupError::UnknownVersion);
    }
    let (length, _) = rest.split_once(' ').ok_or(BackupError::NoBackup)?;
    let length: u64 = length.parse().map_err(|_| BackupError::NoBackup)?;
    let copied = before_tail
        .checked_sub(length)
        .filter(|_| length <= LONGEST);
    let copied = copied.ok_or(BackupError::NoBackup)?;
    file.seek(SeekFrom::Start(copied)).map_err(&failed)?;
    let mut line = Vec::new();
    file.take(length).read_to_end(&mut line).map_err(&failed)?;
    Ok((copied, line))
}

fn parsed(line: &[u8]) -> Result<Manifest, BackupError> {
    let manifest: Manifest = serde_json::from_slice(line).map_err(|_| BackupError::Damaged)?;
    // It is shown to people, so it is a time and nothing else.
    match manifest.made_at.parse::<Moment>() {
        Ok(_) => Ok(manifest),
        Err(_) => Err(BackupError::Untrue("when it was made")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(bytes: u64) -> Manifest {
        Manifest {
            kind: Kind::Keyring,
            vault: VaultId::from_random([3; 16]),
            made_at: "2024-04-02T09:00:00Z".to_owned(),
            bytes,
            log: None,
            generation: Some(2),
            mark: None,
        }
    }

    fn written(copy: &[u8], manifest: &Manifest) -> Vec<u8> {
        let mut digest = Context::new(&SHA256);
        digest.update(copy);
        let mut bytes = copy.to_vec();
        write(&mut bytes, digest, manifest).unwrap();
        bytes
    }

    fn checked(bytes: &[u8]) -> Result<(Manifest, Vec<u8>), BackupError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        std::fs::write(&path, bytes).unwrap();
        let (mut file, _) = read(&path)?;
        let mut copy = Vec::new();
        let manifest = check(&mut file, &mut copy)?;
        Ok((manifest, copy))
    }

    #[test]
    fn a_backup_reads_back_and_no_byte_of_it_can_be_changed_cut_or_added() {
        let copy = b"what is kept, sealed";
        let good = written(copy, &manifest(copy.len() as u64));
        let (told, found) = checked(&good).unwrap();
        assert_eq!((told, found.as_slice()), (manifest(20), &copy[..]));
        for at in 0..good.len() {
            for bit in [1, 0x20, 0x80] {
                let mut bad = good.clone();
                bad[at] ^= bit;
                assert!(checked(&bad).is_err(), "byte {at}, bit {bit}");
            }
            assert!(checked(&good[..at]).is_err(), "cut to {at}");
            assert!(checked(&good[at + 1..]).is_err(), "begins at {at}");
        }
        assert!(checked(&[good.as_slice(), b"\n"].concat()).is_err());
    }

    #[test]
    fn a_backup_that_lies_about_its_length_is_refused() {
        let found = checked(&written(b"copy", &manifest(5)));
        assert!(matches!(found, Err(BackupError::Untrue(_))));
    }
}
