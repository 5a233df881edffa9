//! A restore: into a room beside the place of the vault, verified there, and put in place as the last step.
//!
//! Room and place are on one disk, so that putting it in place is a rename: a restore that fails or is killed leaves no
//! vault at that place. The copy gets a new log, because the log of the vault went on after the backup:
//! were it continued under the same name, the vault would have signed two checkpoints that contradict each other.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::fault::{BackupError, RestoreError};
use super::make::folder_of;
use super::restored::{AcceptRestore, Lost, RestoreVault};
use super::trailer::{self, Kind, Manifest};
use super::verify::check_database;
use crate::domain::{CaseId, hex};
use crate::vault::audit::{Checkpoint, Frontier, Hash, Tip, VerifierKey};
use crate::vault::call::caller::Caller;
use crate::vault::call::target::Why;
use crate::vault::clock::Clock;
use crate::vault::door::Vault;
use crate::vault::entropy::Entropy;
use crate::vault::erase::noted_generation;
use crate::vault::error::OperationError;
use crate::vault::inspection::Inspection;
use crate::vault::keyring::{Keyring, KeyringError, LockedKeyring};
use crate::vault::ledger::{
    ControlFault, Mark, Signing, StoredHashes, keys_in_force, read_mark, trail, verifier_of,
    verify_mark, write_mark,
};
use crate::vault::left_copies;
use crate::vault::paths::Paths;
use crate::vault::plaintext::KeyId;
use crate::vault::private_files::{make_file, make_folder};
use crate::vault::settings::Settings;
use crate::vault::start::StartError;
use crate::vault::store::{Snapshot, StoreError, case_rows};

/// What is restored.
pub struct Sources<'a> {
    /// A backup of the database.
    pub database: &'a Path,
    /// A backup of the keyring, or the file `keys/keyring` itself.
    pub keyring: &'a Path,
    /// The newest backup of the erasure lists, or the file `keys/erasures` itself.
    pub erasures: Option<&'a Path>,
    /// A high-water mark that is left of the vault, if one is.
    pub mark: Option<&'a Path>,
    /// Checkpoints that somebody kept.
    pub kept: &'a [Vec<u8>],
}

/// A copy of the vault that is not in place.
pub struct Room {
    /// Removed with everything in it when this is dropped.
    folder: TempDir,
    lock: File,
    paths: Paths,
    place: PathBuf,
    manifest: Manifest,
    kept: Vec<Vec<u8>>,
}

/// What the keys found the copy to be.
pub struct Verified {
    /// Where the log of the copy ends.
    pub(super) restored: Tip,
    /// What was lost, if anything says that something was.
    pub lost: Option<Lost>,
    /// What the mark says that was given, if one was.
    mark: Option<Mark>,
}

/// A restored vault that is open, with its new log, and not in place yet.
pub struct Restored {
    vault: Vault,
    folder: TempDir,
    lock: File,
    paths: Paths,
    place: PathBuf,
}

impl Room {
    /// Copies the backups into a room beside `place`, which must be new or empty, and verifies what can be verified
    /// without keys.
    ///
    /// # Errors
    ///
    /// A backup cannot be read or does not verify. Nothing is left.
    pub fn prepare(sources: &Sources<'_>, place: &Path) -> Result<Self, RestoreError> {
        match fs::read_dir(place).map(|mut found| found.next().is_some()) {
            Ok(true) => return Err(RestoreError::NotEmpty),
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io_error("look at the directory", &error).into()),
        }
        // An empty directory may be a mounted disk: then the room is in it.
        let beside = match place.exists() {
            true => place,
            false => folder_of(place),
        };
        let (folder, lock) = left_copies::new_room(beside)
            .map_err(|error| io_error("make a folder for the copy", &error))?;
        let paths = Paths::of(&folder.path().join("vault"));
        let failed = |error: io::Error| io_error("write the copy", &error);
        make_folder(paths.root()).map_err(failed)?;
        for made in [paths.keys(), paths.data(), paths.packages()] {
            make_folder(&made).map_err(failed)?;
        }
        let (mut backup, told) = trailer::read(sources.database)?;
        if told.kind != Kind::Database {
            return Err(other_kind(told.kind, Kind::Database).into());
        }
        let mut copy = make_file(&paths.database()).map_err(failed)?;
        let manifest = trailer::check(&mut backup, &mut copy)?;
        copy.sync_all().map_err(failed)?;
        check_database(&paths.database(), &manifest, None, &[])?;
        let mark = put_keyring(sources.keyring, &paths, &manifest)?;
        let mark = match sources.mark {
            Some(path) => Some(fs::read(path).map_err(|error| io_error("read the mark", &error))?),
            None => mark,
        };
        if let Some(path) = sources.erasures {
            let lists = read_erasures(path, &manifest)?;
            let mut file = make_file(&paths.erasures()).map_err(failed)?;
            file.write_all(&lists)
                .and_then(|()| file.sync_all())
                .map_err(failed)?;
        }
        if let Some(mark) = mark {
            let mut file = make_file(&paths.high_water_mark()).map_err(failed)?;
            file.write_all(&mark).map_err(failed)?;
        }
        Ok(Self {
            folder,
            lock,
            paths,
            place: place.to_owned(),
            manifest,
            kept: sources.kept.to_vec(),
        })
    }

    /// What the backup says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The keyring, to be unlocked.
    ///
    /// # Errors
    ///
    /// It is no keyring.
    pub fn keyring(&self) -> Result<LockedKeyring, KeyringError> {
        LockedKeyring::read(&self.paths.keyring())
    }

    /// Verifies the log with the keyring's own key, compares it with the mark and the kept checkpoints, and finds out
    /// what was lost. Afterwards the room has a mark of where this log ends.
    ///
    /// # Errors
    ///
    /// The log is not this keyring's, or a mark or checkpoint is of another history.
    pub fn verify(
        &self,
        keyring: &Keyring,
        entropy: &dyn Entropy,
    ) -> Result<Verified, RestoreError> {
        let told = self.manifest.log.as_ref();
        let told = told.ok_or(BackupError::Untrue("the end of the log"))?;
        let named: VerifierKey = told.vkey.parse().map_err(BackupError::from)?;
        let snapshot = Snapshot::of_copy(&self.paths.database()).map_err(BackupError::from)?;
        // Before anything that such a keyring has other keys for. Every other fault is found by the start.
        if let Err(ControlFault::OtherRoot) = keys_in_force(&snapshot, keyring) {
            return Err(RestoreError::OtherRoot);
        }
        let number = Signing::read(&snapshot)
            .map_err(BackupError::from)?
            .number();
        let key = verifier_of(keyring, named.name().clone(), number)?;
        if named != key || *keyring.vault() != self.manifest.vault {
            return Err(BackupError::OtherVault.into());
        }
        let (mut within, mut lost) = (Vec::new(), Vec::new());
        for note in &self.kept {
            let kept = opened(note, keyring, &key, number)?;
            let is_within =
                kept.origin == *key.name() || key.name().continues(kept.origin.as_str());
            match is_within && kept.size <= told.leaves {
                true => within.push(note.clone()),
                false => lost.push(Lost {
                    leaves: kept.size,
                    root: kept.root.to_string(),
                    by: "checkpoint",
                }),
            }
        }
        // Whoever was erased after the backup must not come back with it.
        let erased = noted_generation(&snapshot).map_err(BackupError::from)?;
        if erased > 0 && !self.paths.erasures().exists() {
            return Err(RestoreError::NoErasures);
        }
        if let Some(case) = of_another_key(&snapshot, keyring).map_err(BackupError::from)? {
            return Err(RestoreError::OtherKey(case));
        }
        let verdict = trail::verify_snapshot(&snapshot, &key, &within)?;
        let restored = Tip {
            size: verdict.size,
            root: verdict.root,
        };
        let marked = match self.paths.high_water_mark().exists() {
            true => Some(read_mark(&self.paths, keyring)?),
            false => None,
        };
        if let Some(mark) = marked.map(|marked| marked.tip) {
            match mark.size > restored.size {
                true => lost.push(Lost {
                    leaves: mark.size,
                    root: mark.root.to_string(),
                    by: "mark",
                }),
                false => verify_mark(mark, restored.size, |size| root_at(&snapshot, size))?,
            }
        }
        write_mark(&self.paths, keyring, entropy, restored)?;
        Ok(Verified {
            restored,
            lost: lost.into_iter().max_by_key(|lost| lost.leaves),
            mark: marked,
        })
    }

    /// For a drill: opens the copy to look at it, as `doctor` does, and opens everything in it. There is no ledger, so
    /// nothing is signed in the vault's name, and nothing is served. The room is removed.
    ///
    /// # Errors
    ///
    /// The copy is not what the vault wrote.
    pub fn look(
        self,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<usize, RestoreError> {
        let found = Inspection::open(&self.paths, keyring, settings, clock, entropy)?;
        found.check_details()?;
        // Lists of another vault would be found only when it is too late.
        found.open_erasures().map_err(StartError::from)?;
        sound(found.check_exhibits())
    }

    /// Begins the new log in the room. Everything is opened and compared before its first leaf, which names what was
    /// lost and what was restored, and takes rights away.
    ///
    /// # Errors
    ///
    /// The copy is not what the vault wrote, or the leaf could not be written; or the keyring has two slots or more,
    /// or had by what the mark says, and was opened with one. Nothing is left.
    pub fn begin(
        self,
        verified: &Verified,
        keyring: Keyring,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Restored, RestoreError> {
        holders_are_there(&keyring, verified.mark)?;
        let (generation, slots) = (keyring.generation(), keyring.opened_slots());
        let vault = Vault::begin_anew(&self.paths, keyring, settings, clock, entropy)?;
        vault.check_details()?;
        sound(vault.check_exhibits())?;
        let told = self.manifest.log.as_ref();
        let act = RestoreVault {
            restored: verified.restored,
            earlier: told.map(|log| log.vkey.clone()).unwrap_or_default(),
            lost: verified.lost.clone(),
            made_at: self.manifest.made_at.clone(),
            generation,
            slots,
        };
        vault
            .perform(&Caller::system(), act)
            .map_err(|refusal| RestoreError::Refused(Box::new(refusal)))?;
        vault.reapply_erasures().map_err(StartError::from)?;
        Ok(Restored {
            vault,
            folder: self.folder,
            lock: self.lock,
            paths: self.paths,
            place: self.place,
        })
    }
}

impl Restored {
    /// The vault, for an administrator to sign in.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Where its files lie until it is put in place.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Puts the vault in place, once an administrator who signed in accepts it. It is stopped then.
    ///
    /// # Errors
    ///
    /// The caller is no administrator, a leaf could not be written, or the place is not free. Nothing is left.
    pub fn put_in_place(self, caller: &Caller, why: Why) -> Result<(), RestoreError> {
        let refused = |refusal| RestoreError::Refused(Box::new(refusal));
        self.vault
            .perform(caller, AcceptRestore { why })
            .map_err(refused)?;
        self.vault.stop().map_err(refused)?;
        // All connections are closed, so the database file has everything.
        drop(self.vault);
        let failed = |error: io::Error| io_error("put the vault in place", &error);
        for folder in [self.paths.data(), self.paths.keys()] {
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                if path.is_file() {
                    File::open(path)
                        .and_then(|file| file.sync_all())
                        .map_err(failed)?;
                }
            }
            sync(&folder).map_err(failed)?;
        }
        sync(self.paths.root()).map_err(failed)?;
        if self.place.exists() {
            // The keyring last: without it there is no vault.
            make_folder(&self.place).map_err(failed)?;
            let place = Paths::of(&self.place);
            fs::rename(self.paths.data(), place.data()).map_err(failed)?;
            fs::rename(self.paths.keys(), place.keys()).map_err(failed)?;
            sync(&self.place).map_err(failed)?;
        } else {
            fs::rename(self.paths.root(), &self.place).map_err(failed)?;
            sync(folder_of(&self.place)).map_err(failed)?;
        }
        drop(self.folder);
        drop(self.lock);
        Ok(())
    }
}

/// Where a keyring has two slots or more, it takes the holders of two; and so it does with a keyring from before the
/// second slot, if the mark is of a later one that had two.
fn holders_are_there(keyring: &Keyring, mark: Option<Mark>) -> Result<(), RestoreError> {
    if !keyring.has_its_holders() {
        return Err(RestoreError::OneHolder);
    }
    let had_two = |mark: &Mark| mark.generation > keyring.generation() && mark.slots > 1;
    match mark.filter(had_two) {
        // Its holders are two anyway.
        Some(_) if keyring.slots() > 1 => Ok(()),
        Some(mark) => Err(RestoreError::EarlierKeyring {
            generation: keyring.generation(),
            later: mark.generation,
        }),
        None => Ok(()),
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Puts the keyring into the room; answers the mark that came with it.
fn put_keyring(
    from: &Path,
    paths: &Paths,
    database: &Manifest,
) -> Result<Option<Vec<u8>>, RestoreError> {
    let (mut bytes, mut mark) = (Vec::new(), None);
    match trailer::read(from) {
        Ok((_, told)) if told.kind != Kind::Keyring => {
            return Err(other_kind(told.kind, Kind::Keyring).into());
        }
        Ok((mut file, _)) => {
            let told = trailer::check(&mut file, &mut bytes)?;
            mark = told.mark.as_deref().map(decode).transpose()?;
        }
        // `keys/keyring` itself, which says by its own seal whether it is whole.
        Err(BackupError::NoBackup) => {
            bytes = fs::read(from).map_err(|error| io_error("read the keyring", &error))?;
        }
        Err(error) => return Err(error.into()),
    }
    let locked = LockedKeyring::parse(&paths.keyring(), &bytes)?;
    if *locked.vault() != database.vault {
        return Err(BackupError::OtherVault.into());
    }
    let failed = |error: io::Error| io_error("write the copy", &error);
    let mut file = make_file(&paths.keyring()).map_err(failed)?;
    file.write_all(&bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    Ok(mark)
}

/// The erasure lists of the vault that `database` is of: from a backup of them, or from `keys/erasures` itself, which
/// says by its own seal whether it is whole.
fn read_erasures(from: &Path, database: &Manifest) -> Result<Vec<u8>, RestoreError> {
    match trailer::read(from) {
        Ok((_, told)) if told.kind != Kind::Erasures => {
            Err(other_kind(told.kind, Kind::Erasures).into())
        }
        Ok((_, told)) if told.vault != database.vault => Err(BackupError::OtherVault.into()),
        Ok((mut file, _)) => {
            let mut bytes = Vec::new();
            trailer::check(&mut file, &mut bytes)?;
            Ok(bytes)
        }
        Err(BackupError::NoBackup) => {
            Ok(fs::read(from).map_err(|error| io_error("read the erasure lists", &error))?)
        }
        Err(error) => Err(error.into()),
    }
}

fn decode(digits: &str) -> Result<Vec<u8>, BackupError> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| hex::decode::<1>(pair).map(|[byte]| byte))
        .collect();
    bytes.ok_or(BackupError::Untrue("the high-water mark"))
}

/// A kept checkpoint of any log of the vault. Its key may be a successor that the copy does not know of.
fn opened(
    note: &[u8],
    keyring: &Keyring,
    key: &VerifierKey,
    number: u32,
) -> Result<Checkpoint, RestoreError> {
    let refused = match Checkpoint::open_of_vault(note, key) {
        Ok(kept) => return Ok(kept),
        Err(error) => error,
    };
    for other in 0..=number.saturating_add(MOST_LOST) {
        let other = verifier_of(keyring, key.name().clone(), other)?;
        if let Ok(kept) = Checkpoint::open_of_vault(note, &other) {
            return Ok(kept);
        }
    }
    Err(refused.into())
}

/// How many successions of the signing keys a copy may lack.
const MOST_LOST: u32 = 32;

fn root_at(snapshot: &Snapshot, size: u64) -> Option<Hash> {
    let at = Frontier::read(size, &StoredHashes(snapshot));
    at.ok().map(|frontier| frontier.root())
}

/// How many exhibits were opened, if all of them are what was admitted.
fn sound(
    checks: Result<Vec<crate::vault::admission::ExhibitCheck>, OperationError>,
) -> Result<usize, RestoreError> {
    let checks = checks.map_err(RestoreError::Unread)?;
    let mut faults = checks.iter().flat_map(|check| &check.faults);
    match faults.next() {
        None => Ok(checks
            .iter()
            .filter(|check| check.exhibit.is_some())
            .count()),
        Some(fault) => Err(RestoreError::Sealed(fault.clone())),
    }
}

fn io_error(step: &'static str, error: &io::Error) -> BackupError {
    BackupError::Io {
        step,
        kind: error.kind(),
    }
}

fn other_kind(found: Kind, wanted: Kind) -> BackupError {
    BackupError::OtherKind {
        found: found.as_str(),
        wanted: wanted.as_str(),
    }
}

/// The first case whose description names a key that the keyring does not have. It is the last of a case that a
/// rotation seals again: as long as anything is under an older key, it is too. A case of which the keyring has no key
/// at all was destroyed. An older keyring is refused by its generation.
fn of_another_key(snapshot: &Snapshot, keyring: &Keyring) -> Result<Option<CaseId>, StoreError> {
    let mut cases = case_rows::list(snapshot)?;
    cases.retain(|case| {
        let keys = keyring.case_key_ids(&case.id);
        let named = KeyId::of_sealed(&case.sealed);
        !keys.is_empty() && named.is_some_and(|named| !keys.contains(&named))
    });
    Ok(cases.into_iter().next().map(|case| case.id))
}
