//! Verifies a backup without keys.

use std::io;
use std::path::Path;

use super::examine::examine;
use super::fault::BackupError;
use super::trailer::{self, Kind, Manifest};
use crate::vault::audit::VerifierKey;
use crate::vault::keyring::LockedKeyring;

/// Reads the whole backup and compares it with its digest; then verifies what can be verified without keys. `key` is
/// the public key of the log as somebody kept it; without one, that in the backup is taken. `kept` are checkpoints that
/// somebody kept.
///
/// # Errors
///
/// The backup does not verify, or it could not be read.
pub fn verify_backup(
    path: &Path,
    key: Option<&VerifierKey>,
    kept: &[Vec<u8>],
) -> Result<Manifest, BackupError> {
    let (mut file, manifest) = trailer::read(path)?;
    match manifest.kind {
        Kind::Keyring => {
            let mut bytes = Vec::new();
            let manifest = trailer::check(&mut file, &mut bytes)?;
            let locked = LockedKeyring::parse(path, &bytes)?;
            let generation = Some(locked.status().generation);
            match *locked.vault() == manifest.vault && generation == manifest.generation {
                true => Ok(manifest),
                false => Err(BackupError::Untrue("the keyring")),
            }
        }
        // Nothing can be read in them without the keys; a restore opens them.
        Kind::Erasures => trailer::check(&mut file, &mut io::sink()),
        Kind::Database => {
            let manifest = trailer::check(&mut file, &mut io::sink())?;
            check_database(path, &manifest, key, kept)?;
            Ok(manifest)
        }
    }
}

/// Examines the database at the beginning of a file, and compares it with what the backup says.
pub(super) fn check_database(
    path: &Path,
    manifest: &Manifest,
    key: Option<&VerifierKey>,
    kept: &[Vec<u8>],
) -> Result<(), BackupError> {
    let told = manifest.log.as_ref();
    let told = told.ok_or(BackupError::Untrue("the end of the log"))?;
    let own: VerifierKey = told.vkey.parse()?;
    let found = examine(path, key.unwrap_or(&own), kept)?;
    let same_log = found.verdict.size == told.leaves
        && found.verdict.root.to_string() == told.root
        && found.log == *own.name();
    match found.vault == manifest.vault && same_log && found.exhibits == told.exhibits {
        true => Ok(()),
        false => Err(BackupError::Untrue("the end of the log")),
    }
}
