//! A keyring that was read but not opened.

use std::path::{Path, PathBuf};

use super::age_slot;
use super::body::{Body, body_sealer};
use super::error::KeyringError;
use super::file::{KeyringFile, body_aad};
use super::fingerprint::Fingerprint;
use super::new_slot::opened_by;
use super::passphrase::Passphrase;
use super::secret::Secret;
use super::share_set::Gathering;
use super::slot::{Slot, Way};
use super::status::KeyringStatus;
use super::store;
use super::unlocked::{Keyring, Opened};
use crate::domain::VaultId;
use crate::vault::program::{Program, ProgramFault};

/// A locked keyring; it can only be unlocked.
pub struct LockedKeyring {
    path: PathBuf,
    file: KeyringFile,
}

impl LockedKeyring {
    /// Reads the keyring file without opening it.
    pub fn read(path: &Path) -> Result<Self, KeyringError> {
        Self::parse(path, &store::read(path)?)
    }

    /// The keyring that these bytes are, without opening it. Changes would be written to `path`.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, KeyringError> {
        Ok(Self {
            path: path.to_owned(),
            file: KeyringFile::parse(bytes)?,
        })
    }

    /// The same keyring as its file is now: slots may have come or gone.
    pub fn read_again(&self) -> Result<Self, KeyringError> {
        let again = Self::read(&self.path)?;
        match again.file.vault == self.file.vault {
            true => Ok(again),
            false => Err(KeyringError::Damaged { what: "vault" }),
        }
    }

    /// The vault's id.
    pub fn vault(&self) -> &VaultId {
        &self.file.vault
    }

    /// The status of the keyring.
    pub fn status(&self) -> KeyringStatus {
        self.file.status(None, None)
    }

    /// The fingerprint of the vault, which shares carry.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_vault(&self.file.vault)
    }

    /// Takes shares, one by one, of a set that the keyring has.
    pub fn gathering(&self) -> Gathering {
        Gathering::of(&self.file.vault, &self.file.slots)
    }

    /// Tries the passphrase on every slot of one. After a wrong one another may be tried.
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<Keyring, KeyringError> {
        self.unlock_first(KeyringError::WrongPassphrase, |slot| match &slot.way {
            Way::Passphrase { argon2id, salt } => {
                let kek = passphrase.kek(*argon2id, &salt.0);
                Some(kek.map_err(KeyringError::from))
            }
            _ => None,
        })
    }

    /// With the shares that were gathered, of which there have to be enough.
    pub fn unlock_with_shares(&self, gathering: &Gathering) -> Result<Keyring, KeyringError> {
        let (no, key) = gathering.combine()?;
        let slot = self.file.slots.iter().find(|slot| slot.no == no);
        let slot = slot.ok_or(KeyringError::Damaged { what: "slot" })?;
        let given = gathering.gathered().given;
        self.unlock_by(slot, &key.kek(&self.file.vault)?, given)
    }

    /// Tries the identities of an age identity file on every slot for age recipients. The text is passed beside the
    /// path, so that who reads it has checked the file.
    pub fn unlock_with_identity(
        &self,
        identities: &str,
        path: &Path,
        age: Option<&Program>,
    ) -> Result<Keyring, KeyringError> {
        self.unlock_first(KeyringError::WrongIdentity, |slot| match &slot.way {
            Way::Age { sealed, .. } => {
                let key = age_slot::open(&sealed.0, identities, path, age);
                Some(key.and_then(|key| Ok(key.kek(&self.file.vault)?)))
            }
            _ => None,
        })
    }

    /// Runs the program that is configured for every slot of one.
    pub fn unlock_with_program(&self, open: Option<&Program>) -> Result<Keyring, KeyringError> {
        let open = open.ok_or(KeyringError::Program(ProgramFault::NotNamed))?;
        let is_one = |slot: &Slot| matches!(slot.way, Way::Command { .. });
        let otherwise = match self.file.slots.iter().any(is_one) {
            true => KeyringError::WrongProgram,
            false => KeyringError::NoSuchSlot,
        };
        self.unlock_first(otherwise, |slot| match &slot.way {
            Way::Command { sealed } => {
                let key = opened_by(open, &sealed.0);
                Some(key.and_then(|key| Ok(key.kek(&self.file.vault)?)))
            }
            _ => None,
        })
    }

    /// The first slot that opens. If none does, what went wrong with the first that could not even be tried, or else
    /// `otherwise`.
    fn unlock_first(
        &self,
        otherwise: KeyringError,
        kek: impl Fn(&Slot) -> Option<Result<Secret<32>, KeyringError>>,
    ) -> Result<Keyring, KeyringError> {
        let mut fault = None;
        for slot in &self.file.slots {
            let Some(kek) = kek(slot) else { continue };
            match kek.and_then(|kek| self.unlock_by(slot, &kek, Vec::new())) {
                Err(KeyringError::WrongPassphrase | KeyringError::WrongIdentity) => {}
                Err(other) if is_of_one_slot(other) => fault = fault.or(Some(other)),
                opened => return opened,
            }
        }
        Err(fault.unwrap_or(otherwise))
    }

    fn unlock_by(
        &self,
        slot: &Slot,
        kek: &Secret<32>,
        shares: Vec<u8>,
    ) -> Result<Keyring, KeyringError> {
        let file = self.file.clone();
        let root = slot.unwrap(&file.vault, kek, file.root.since)?;
        // So that a slot that somebody else made or altered is named, whichever opened.
        for slot in &file.slots {
            slot.sealed_key(&file.vault, &root)?;
        }
        let opened = Opened {
            slot: slot.no,
            kind: slot.way.kind(),
            fingerprint: slot.fingerprint(&file.vault),
            shares,
        };
        let aad = body_aad(&file.vault, file.generation, &file.root, &file.slots)?;
        let body = body_sealer(&file.vault, &root)?.open(&aad, &file.body.0)?;
        Keyring::unlocked(self.path.clone(), file, opened, root, Body::parse(&body)?)
    }
}

/// Whether another slot may still open.
fn is_of_one_slot(error: KeyringError) -> bool {
    matches!(error, KeyringError::Program(_) | KeyringError::NoKey)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::vault::keyring::tests::bench::{Bench, NEW, OLD, case};

    #[test]
    fn a_wrong_passphrase_opens_nothing_and_another_may_be_tried() {
        let bench = Bench::new();
        bench.create().unwrap();
        let locked = LockedKeyring::read(&bench.path()).unwrap();
        let try_with = |text: &str| locked.unlock(&Passphrase::new(text.to_owned())).map(|_| ());
        assert_eq!(try_with(NEW), Err(KeyringError::WrongPassphrase));
        assert_eq!(try_with(""), Err(KeyringError::WrongPassphrase));
        assert_eq!(try_with(OLD), Ok(()));
    }

    #[test]
    fn a_file_with_any_byte_changed_is_refused() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let bytes = fs::read(bench.path()).unwrap();
        for at in 0..bytes.len() {
            for mask in [1, 2, 0x20, 0x80] {
                let mut bent = bytes.clone();
                bent[at] ^= mask;
                fs::write(bench.path(), &bent).unwrap();
                let refusal = bench.unlock(OLD).err();
                let known = matches!(
                    refusal,
                    Some(
                        KeyringError::Damaged { .. }
                            | KeyringError::UnknownVersion
                            | KeyringError::WrongPassphrase
                            | KeyringError::ForeignSlot(0)
                    )
                );
                assert!(known, "byte {at} ^ {mask}: {refusal:?}");
            }
        }
    }

    #[test]
    fn a_file_cut_anywhere_or_lengthened_is_damaged() {
        let bench = Bench::new();
        bench.create().unwrap();
        let bytes = fs::read(bench.path()).unwrap();
        for length in 0..bytes.len() {
            fs::write(bench.path(), &bytes[..length]).unwrap();
            assert!(
                matches!(bench.unlock(OLD), Err(KeyringError::Damaged { .. })),
                "{length}"
            );
        }
        fs::write(bench.path(), [&bytes[..], b"\n"].concat()).unwrap();
        assert!(matches!(
            bench.unlock(OLD),
            Err(KeyringError::Damaged { .. })
        ));
    }

    #[test]
    fn a_body_of_another_generation_does_not_open() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let old = KeyringFile::parse(&fs::read(bench.path()).unwrap()).unwrap();
        keyring.destroy_case(&case(1), &bench.entropy).unwrap();
        let mut mixed = KeyringFile::parse(&fs::read(bench.path()).unwrap()).unwrap();
        mixed.body = old.body;
        fs::write(bench.path(), mixed.to_bytes().unwrap()).unwrap();
        assert_eq!(
            bench.unlock(OLD).err(),
            Some(KeyringError::Damaged { what: "body" })
        );
    }

    #[test]
    fn a_slot_of_another_vault_does_not_open() {
        let (bench, other) = (Bench::new(), Bench::new());
        bench.create().unwrap();
        other.create().unwrap();
        let mut mixed = KeyringFile::parse(&fs::read(bench.path()).unwrap()).unwrap();
        let theirs = KeyringFile::parse(&fs::read(other.path()).unwrap()).unwrap();
        mixed.slots = theirs.slots;
        fs::write(bench.path(), mixed.to_bytes().unwrap()).unwrap();
        assert_eq!(bench.unlock(OLD).err(), Some(KeyringError::WrongPassphrase));
    }

    #[test]
    fn a_file_that_asks_for_the_whole_machine_is_refused_unread() {
        let bench = Bench::new();
        bench.create().unwrap();
        let text = fs::read_to_string(bench.path()).unwrap();
        let hungry = text.replace(r#""m":8,"#, r#""m":4294967295,"#);
        assert_ne!(text, hungry);
        fs::write(bench.path(), hungry).unwrap();
        assert!(matches!(
            bench.unlock(OLD),
            Err(KeyringError::Damaged { .. })
        ));
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let bench = Bench::new();
        bench.create().unwrap();
        let text = fs::read_to_string(bench.path()).unwrap();
        fs::write(
            bench.path(),
            text.replacen(r#""v":2"#, r#""v":3,"new":[]"#, 1),
        )
        .unwrap();
        assert_eq!(bench.unlock(OLD).err(), Some(KeyringError::UnknownVersion));
        fs::write(bench.path(), text.replacen(r#""v":2"#, r#""v":1"#, 1)).unwrap();
        assert_eq!(bench.unlock(OLD).err(), Some(KeyringError::UnknownVersion));
    }
}
