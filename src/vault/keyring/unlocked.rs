//! The unlocked keyring.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ring::digest::{Context, SHA256};
use ring::signature::Ed25519KeyPair;

use crate::domain::{CaseId, Moment, SlotLabel, VaultId};
use crate::vault::entropy::{Entropy, draw};
use crate::vault::plaintext::{KeyId, Nonces, SubjectToken};

use super::base64::Base64;
use super::body::{Body, body_sealer};
use super::case_keys::CaseKeys;
use super::case_ring::{CaseKey, CaseRing, KeysOfCase};
use super::derive::{VaultUse, from_vault};
use super::error::KeyringError;
use super::file::{KeyringFile, MOST_SLOTS, RootHead, body_aad, digest_of_head};
use super::fingerprint::Fingerprint;
use super::new_slot::PreparedSlot;
use super::package_signer::PackageSigner;
use super::passphrase::NewPassphrase;
use super::root_keys::RootKeys;
use super::secret::Secret;
use super::slot::{RootSince, SALT, Slot, SlotHead, Way};
use super::status::KeyringStatus;
use super::store;
use super::vault_ring::VaultRing;
use crate::vault::argon2id::Argon2Params;

/// All keys of the vault. A change is on disk before the method returns. If it cannot be written,
/// the keyring stays as it was (if only the last sync failed, the file may still have the change,
/// until the next one). Only one process may change the file at a time; the vault's own lock
/// ensures that.
pub struct Keyring {
    path: PathBuf,
    file: KeyringFile,
    /// How it was opened.
    opened: Opened,
    /// The slot of a second holder, where two were asked for.
    second: Option<Opened>,
    root: Secret<32>,
    own: VaultRing,
    root_keys: RootKeys,
    cases: CaseRing,
    /// Of slots and cases as they are in the file.
    digest: [u8; 32],
    /// The device and the number of the file as this process opened or wrote it.
    written: Option<(u64, u64)>,
}

/// What the head of the log says of the keyring that it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct NamedKeyring {
    pub(in crate::vault) generation: u64,
    /// Of slots and cases.
    pub(in crate::vault) digest: [u8; 32],
}

/// What of a keyring must not be lost when another file takes its place.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Kept<F> {
    /// The keys that came in up to this generation: the newest of this keyring that the head of the log named.
    pub(in crate::vault) named: u64,
    /// Of which cases.
    pub(in crate::vault) needed: F,
}

/// A file of another node that the same root opens.
struct Other {
    file: KeyringFile,
    body: Body,
    root_keys: RootKeys,
}

/// The slot that a keyring was opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its number.
    pub slot: u32,
    /// Its kind.
    pub kind: &'static str,
    /// Its fingerprint; of shares, that of their set.
    pub fingerprint: Fingerprint,
    /// Which shares were given, by number.
    pub shares: Vec<u8>,
}

/// The label of the slot that a vault is made with.
const FIRST: &str = "first passphrase";

impl Keyring {
    /// Creates a vault's first keyring at `path`, where no file may exist.
    pub fn create(
        path: &Path,
        passphrase: &NewPassphrase,
        params: Argon2Params,
        made: Moment,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let vault = VaultId::from_random(draw(entropy)?);
        let root = Secret::random(entropy)?;
        let body = Body {
            own: VaultRing::new(entropy)?,
            cases: CaseRing::new(),
        };
        let head = SlotHead {
            no: 0,
            label: SlotLabel::parse(FIRST).map_err(|_| KeyringError::NoKey)?,
            since: 1,
            made,
            change: None,
        };
        let first = RootSince {
            root: &root,
            since: 1,
        };
        let slot = with_passphrase(&vault, &head, first, passphrase, params, entropy)?;
        let opened = Opened {
            slot: slot.no,
            kind: slot.way.kind(),
            fingerprint: slot.fingerprint(&vault),
            shares: Vec::new(),
        };
        let root_head = RootHead {
            since: 1,
            made: made.seconds(),
            change: None,
        };
        let bytes = Body::bytes_of(&body.own, &body.cases);
        let file = sealed((vault, 1), root_head, vec![slot], (&root, &bytes), entropy)?;
        store::create(path, &file.to_bytes()?)?;
        Self::unlocked(path.to_owned(), file, opened, root, body)
    }

    pub(super) fn unlocked(
        path: PathBuf,
        file: KeyringFile,
        opened: Opened,
        root: Secret<32>,
        Body { own, cases }: Body,
    ) -> Result<Self, KeyringError> {
        Ok(Self {
            written: store::identity(&path),
            digest: digest_of(&file, &cases)?,
            root_keys: RootKeys::derive(&file.vault, &own)?,
            path,
            file,
            opened,
            second: None,
            root,
            own,
            cases,
        })
    }

    /// Notes that the holder of another slot is there too: they opened the same file.
    pub fn joined_by(&mut self, other: &Self) -> Result<(), KeyringError> {
        let same = other.file.vault == self.file.vault
            && other.file.generation == self.file.generation
            && other.file.body.0 == self.file.body.0;
        if !same || other.opened.slot == self.opened.slot {
            return Err(KeyringError::SameSlot);
        }
        self.second = Some(other.opened.clone());
        Ok(())
    }

    /// How many slots it has.
    pub(in crate::vault) fn slots(&self) -> u8 {
        // There are eight at most.
        u8::try_from(self.file.slots.len()).unwrap_or(u8::MAX)
    }

    /// Whether the holders of two slots are there, where there are two slots or more.
    pub(in crate::vault) fn has_its_holders(&self) -> bool {
        self.file.slots.len() < 2 || self.held().count() == 2
    }

    /// The slots that were opened, as far as the file has them still: one may be removed, or another one be in its
    /// place, here or at another node.
    fn held(&self) -> impl Iterator<Item = &Opened> {
        let (slots, vault) = (&self.file.slots, &self.file.vault);
        let is_there = move |one: &&Opened| {
            let mut slots = slots.iter().filter(|slot| slot.no == one.slot);
            slots.any(|slot| slot.fingerprint(vault) == one.fingerprint)
        };
        let opened = std::iter::once(&self.opened).chain(&self.second);
        opened.filter(is_there)
    }

    /// The numbers of the slots that were opened and are still there.
    pub(in crate::vault) fn opened_slots(&self) -> Vec<u32> {
        self.held().map(|one| one.slot).collect()
    }

    /// The slot that it was opened with, which may be gone since.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The parameters of Argon2id for a new passphrase: those of the first slot of one.
    pub(in crate::vault) fn argon2id(&self) -> Argon2Params {
        let of_slot = |slot: &Slot| match &slot.way {
            Way::Passphrase { argon2id, .. } => Some(*argon2id),
            _ => None,
        };
        let first = self.file.slots.iter().find_map(of_slot);
        first.unwrap_or(Argon2Params::KEYRING)
    }

    /// Whether the file is still the one that this process opened or wrote.
    pub(in crate::vault) fn is_in_place(&self) -> bool {
        store::identity(&self.path) == self.written
    }

    /// Goes on with the file that another node of the vault wrote, which the head of the log names; `kept` says what
    /// must not be lost. Only if the same root opens it: with another one it has to be unlocked. It is on the disk
    /// before this returns.
    pub(in crate::vault) fn take(
        &mut self,
        bytes: &[u8],
        named: &NamedKeyring,
        kept: Kept<impl Fn(&CaseId) -> bool>,
    ) -> Result<(), KeyringError> {
        let other = self.read_other(bytes, named, kept)?;
        let replaced = store::replace(&self.path, bytes);
        self.written = store::identity(&self.path).or(self.written);
        replaced?;
        self.go_on_with(other, named.digest);
        Ok(())
    }

    /// The same with a file that somebody put in the place of this one's. Answers whether there was one.
    pub(in crate::vault) fn take_in_place(
        &mut self,
        named: &NamedKeyring,
        kept: Kept<impl Fn(&CaseId) -> bool>,
    ) -> Result<bool, KeyringError> {
        let found = store::identity(&self.path);
        if found.is_none() || found == self.written {
            return Ok(false);
        }
        let other = self.read_other(&store::read(&self.path)?, named, kept)?;
        self.go_on_with(other, named.digest);
        self.written = found;
        Ok(true)
    }

    fn read_other(
        &self,
        bytes: &[u8],
        named: &NamedKeyring,
        kept: Kept<impl Fn(&CaseId) -> bool>,
    ) -> Result<Other, KeyringError> {
        let file = KeyringFile::parse(bytes)?;
        if file.vault != self.file.vault || file.generation != named.generation {
            return Err(KeyringError::NotTheNamed);
        }
        for slot in &file.slots {
            slot.sealed_key(&file.vault, &self.root)?;
        }
        let aad = body_aad(&file.vault, file.generation, &file.root, &file.slots)?;
        let body = body_sealer(&file.vault, &self.root)?.open(&aad, &file.body.0)?;
        let body = Body::parse(&body)?;
        if digest_of(&file, &body.cases)? != named.digest {
            return Err(KeyringError::NotTheNamed);
        }
        let Kept { named, needed } = kept;
        if !body.cases.goes_on_from(&self.cases, named, needed) {
            return Err(KeyringError::LacksKey);
        }
        Ok(Other {
            root_keys: RootKeys::derive(&file.vault, &body.own)?,
            file,
            body,
        })
    }

    fn go_on_with(&mut self, other: Other, digest: [u8; 32]) {
        let Body { own, cases } = other.body;
        (self.file, self.own, self.cases) = (other.file, own, cases);
        (self.root_keys, self.digest) = (other.root_keys, digest);
    }

    /// The vault's id.
    pub fn vault(&self) -> &VaultId {
        &self.file.vault
    }

    /// Grows by one with every change; the audit log records it.
    pub fn generation(&self) -> u64 {
        self.file.generation
    }

    /// SHA-256 over the slots, and the cases with their keys. Two keyrings of one vault and one generation that differ
    /// in it are of two copies of the vault, or of two nodes that changed it at once.
    pub(in crate::vault) fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The status of the keyring.
    pub fn status(&self) -> KeyringStatus {
        let mut held = self.held();
        let first = held.find(|one| one.slot == self.opened.slot);
        let opened_with = first.map(|one| one.slot);
        self.file.status(Some(self.cases.len()), opened_with)
    }

    /// True if the keyring has a key of the case.
    pub fn has_case(&self, case: &CaseId) -> bool {
        self.cases.has(case)
    }

    /// The cases that have a key.
    pub fn cases(&self) -> impl Iterator<Item = &CaseId> {
        self.cases.cases()
    }

    /// Makes the first key of a case.
    pub fn add_case(
        &mut self,
        case: &CaseId,
        entropy: &dyn Entropy,
    ) -> Result<KeyId, KeyringError> {
        if self.cases.has(case) {
            return Err(KeyringError::CaseKnown);
        }
        let id = KeyId::new(1);
        let lasting = Secret::random(entropy)?;
        let first = CaseKey {
            id,
            since: self.file.generation + 1,
            key: Secret::random(entropy)?,
        };
        self.cases
            .put(case.clone(), KeysOfCase::new(lasting, first));
        let written = self.write(self.file.slots.clone(), entropy);
        if written.is_err() {
            self.cases.take(case);
        }
        written.map(|()| id)
    }

    /// Destroys the keys of a case: what they sealed can never be opened again. Keys that a running
    /// operation holds are wiped when it ends.
    pub fn destroy_case(
        &mut self,
        case: &CaseId,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        let keys = self.cases.take(case).ok_or(KeyringError::UnknownCase)?;
        let written = self.write(self.file.slots.clone(), entropy);
        if written.is_err() {
            self.cases.put(case.clone(), keys);
        }
        written
    }

    /// Makes a new key of a case, which seals from now on. What was sealed under the keys before opens as before.
    /// Answers the id of the new one.
    pub fn add_case_key(
        &mut self,
        case: &CaseId,
        entropy: &dyn Entropy,
    ) -> Result<KeyId, KeyringError> {
        let (key, since) = (Secret::random(entropy)?, self.file.generation + 1);
        let id = self.cases.add_newest(case, key, since)?;
        let written = self.write(self.file.slots.clone(), entropy);
        if written.is_err() {
            self.cases.drop_newest(case);
        }
        written.map(|()| id)
    }

    /// Takes all keys of a case but the newest out of the keyring: nothing that they sealed is stored any more.
    pub fn retire_case_keys(
        &mut self,
        case: &CaseId,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        if !self.cases.has(case) {
            return Err(KeyringError::UnknownCase);
        }
        let older = self.cases.take_older(case);
        let written = self.write(self.file.slots.clone(), entropy);
        if written.is_err() {
            self.cases.put_older(case, older);
        }
        written
    }

    /// The cases that have more than one key: their rotation is under way.
    pub fn rotating(&self) -> Vec<CaseId> {
        let mut cases: Vec<CaseId> = self.cases.cases().cloned().collect();
        cases.retain(|case| self.cases.ids(case).len() > 1);
        cases
    }

    /// The ids of the keys of a case, newest first: one, or more while its key is being rotated; empty for a case
    /// without any.
    pub fn case_key_ids(&self, case: &CaseId) -> Vec<KeyId> {
        self.cases.ids(case)
    }

    /// A new slot under a new passphrase, with a new key pair, in place of the slot that was unlocked; every other slot
    /// stays. The root stays too, so whoever has an old keyring file and the old passphrase still has every key that
    /// was in it, until the root gets a successor.
    pub fn change_passphrase(
        &mut self,
        passphrase: &NewPassphrase,
        made: Moment,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        let mut slots = self.file.slots.clone();
        let opened = self.opened.slot;
        if self.held().all(|one| one.slot != opened) {
            return Err(KeyringError::NoSuchSlot);
        }
        let replaced = slots.iter_mut().find(|slot| slot.no == opened);
        let replaced = replaced.ok_or(KeyringError::NoSuchSlot)?;
        let Way::Passphrase { argon2id, .. } = replaced.way else {
            return Err(KeyringError::OtherKind);
        };
        let head = SlotHead {
            no: replaced.no,
            label: SlotLabel::parse(&replaced.label)
                .map_err(|_| KeyringError::Damaged { what: "slot" })?,
            since: self.file.generation + 1,
            made,
            change: None,
        };
        let (vault, root) = (&self.file.vault, self.root_since());
        *replaced = with_passphrase(vault, &head, root, passphrase, argon2id, entropy)?;
        let fingerprint = replaced.fingerprint(vault);
        self.write(slots, entropy)?;
        self.opened.fingerprint = fingerprint;
        Ok(())
    }

    /// Whether there is room for another slot.
    pub fn has_room(&self) -> bool {
        self.file.slots.len() < MOST_SLOTS
    }

    /// Adds a slot that was prepared, and answers its number. It is opened once before it is written. In place of one
    /// that came by the same change, if there is one.
    pub fn add_slot(
        &mut self,
        prepared: &PreparedSlot,
        made: Moment,
        entropy: &dyn Entropy,
    ) -> Result<u32, KeyringError> {
        let mut slots = self.file.slots.clone();
        slots.retain(|slot| slot.change.is_none() || slot.change != prepared.change);
        if slots.len() >= MOST_SLOTS {
            return Err(KeyringError::TooManySlots);
        }
        let numbers = self.file.slots.iter().map(|slot| slot.no);
        let no = numbers.max().unwrap_or(0).checked_add(1);
        let head = SlotHead {
            no: no.ok_or(KeyringError::TooManySlots)?,
            label: prepared.label.clone(),
            since: self.file.generation + 1,
            made,
            change: prepared.change.clone(),
        };
        let (vault, root) = (&self.file.vault, self.root_since());
        let way = prepared.way.clone();
        let slot = Slot::make(vault, &head, way, root, &prepared.kek, entropy)?;
        let back = slot.unwrap(vault, &prepared.kek, root.since);
        let same = back.is_ok_and(|back| {
            use subtle::ConstantTimeEq as _;
            bool::from(back.bytes().ct_eq(self.root.bytes()))
        });
        if !same || !slot.is_well_formed() {
            return Err(KeyringError::NotProved);
        }
        slots.push(slot);
        self.write(slots, entropy)?;
        Ok(head.no)
    }

    /// Whether a slot can be removed: it is there, it is not the last, and one of those that stay is known to open.
    /// That is one that the keyring was opened with, or any that is proved when it is made, as all but those for age
    /// recipients are.
    pub fn may_remove(&self, no: u32) -> Result<(), KeyringError> {
        let (gone, mut stay): (Vec<&Slot>, Vec<&Slot>) =
            self.file.slots.iter().partition(|slot| slot.no == no);
        if gone.is_empty() {
            return Err(KeyringError::NoSuchSlot);
        }
        if stay.is_empty() {
            return Err(KeyringError::LastSlot);
        }
        let is_held = |slot: &Slot| self.held().any(|one| one.slot == slot.no);
        stay.retain(|slot| is_held(slot) || !matches!(slot.way, Way::Age { .. }));
        match stay.is_empty() {
            true => Err(KeyringError::NoProvedSlot),
            false => Ok(()),
        }
    }

    /// Removes a slot. Whoever has an older keyring file and what opened the slot still has every key that was in it.
    pub fn remove_slot(&mut self, no: u32, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        self.may_remove(no)?;
        let mut slots = self.file.slots.clone();
        slots.retain(|slot| slot.no != no);
        self.write(slots, entropy)
    }

    /// A new root in place of the old one, which is wiped: sealed to every slot, so that whatever opened one opens it
    /// as before. With it comes a new vault key; what the one before sealed opens until [`Self::retire_vault_keys`];
    /// and new signing keys from the number `signing` on. `change` is the digest of the change that wants it: a root
    /// that came by the same change stays.
    ///
    /// It is the slots of this process that get the new root, as they were authenticated when the file was opened.
    /// What somebody wrote into the file meanwhile does not count.
    pub fn rotate_root(
        &mut self,
        signing: u32,
        change: &str,
        made: Moment,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        if self.file.root.change.as_deref() == Some(change) {
            return Ok(());
        }
        if self.root_rotates() {
            return Err(KeyringError::RootRotates);
        }
        let (vault, since) = (&self.file.vault, self.file.generation + 1);
        let root = Secret::random(entropy)?;
        let own = self.own.with_new(signing, entropy)?;
        let root_keys = RootKeys::derive(vault, &own)?;
        let next = RootSince { root: &root, since };
        let slots = self.file.slots.iter();
        let slots = slots.map(|slot| slot.with_root(vault, &self.root, next, entropy));
        let slots = slots.collect::<Result<Vec<_>, _>>()?;
        let head = RootHead {
            since,
            made: made.seconds(),
            change: Some(change.to_owned()),
        };
        let bytes = Body::bytes_of(&own, &self.cases);
        let file = sealed(
            (vault.clone(), since),
            head,
            slots,
            (&root, &bytes),
            entropy,
        )?;
        self.replace(file)?;
        (self.root, self.own, self.root_keys) = (root, own, root_keys);
        Ok(())
    }

    /// Whether something may still be under a vault key of before.
    pub fn root_rotates(&self) -> bool {
        self.own.keys().len() > 1
    }

    /// Takes all vault keys but the newest out of the keyring: nothing that they sealed is stored any more.
    pub fn retire_vault_keys(&mut self, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let own = self.own.newest_only()?;
        let root_keys = RootKeys::derive(&self.file.vault, &own)?;
        let before = std::mem::replace(&mut self.own, own);
        let written = self.write(self.file.slots.clone(), entropy);
        match written {
            Ok(()) => self.root_keys = root_keys,
            Err(_) => self.own = before,
        }
        written
    }

    /// What somebody has who read this process's memory, for tests.
    #[cfg(test)]
    pub(super) fn stolen(&self) -> (&Secret<32>, &KeyringFile, &VaultRing) {
        (&self.root, &self.file, &self.own)
    }

    fn root_since(&self) -> RootSince<'_> {
        RootSince {
            root: &self.root,
            since: self.file.root.since,
        }
    }

    /// The keys of a case: they seal under its newest key and open under each.
    pub(in crate::vault) fn case_keys(&self, case: &CaseId) -> Result<Arc<CaseKeys>, KeyringError> {
        self.cases.keys(&self.file.vault, case)
    }

    /// The term number of a subject token of a case, for whoever examines a vault's files with its keys.
    pub fn subject(
        &self,
        case: &CaseId,
        token: &SubjectToken,
    ) -> Result<Option<u32>, KeyringError> {
        Ok(self.case_keys(case)?.tokens().subject(token))
    }

    /// The pair of this number that signs checkpoints (Ed25519, RFC 8032). Number 0 is the first; each is the successor
    /// of the one before. Which one is in force is in the database, in the commit of the leaf that names it.
    pub fn log_signing(&self, number: u32) -> Result<Ed25519KeyPair, KeyringError> {
        self.signing(number, VaultUse::AuditSigning(number))
    }

    /// The pair of this number that signs evidence packages.
    pub fn package_signer(&self, number: u32) -> Result<PackageSigner, KeyringError> {
        let pair = self.signing(number, VaultUse::EvidenceSigning(number))?;
        Ok(PackageSigner::new(Arc::new(pair)))
    }

    fn signing(&self, number: u32, purpose: VaultUse) -> Result<Ed25519KeyPair, KeyringError> {
        let key = self.own.signing(number).ok_or(KeyringError::NoKey)?;
        let seed = from_vault(key, &self.file.vault, purpose)?;
        Ed25519KeyPair::from_seed_unchecked(&seed[..]).map_err(|_| KeyringError::NoKey)
    }

    pub(in crate::vault) fn root_keys(&self) -> &RootKeys {
        &self.root_keys
    }

    fn write(&mut self, slots: Vec<Slot>, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let bytes = Body::bytes_of(&self.own, &self.cases);
        let file = sealed(
            (self.file.vault.clone(), self.file.generation + 1),
            self.file.root.clone(),
            slots,
            (&self.root, &bytes),
            entropy,
        )?;
        self.replace(file)
    }

    fn replace(&mut self, file: KeyringFile) -> Result<(), KeyringError> {
        let digest = digest_of(&file, &self.cases)?;
        let replaced = store::replace(&self.path, &file.to_bytes()?);
        // Also after a failure: only the last sync may have failed.
        self.written = store::identity(&self.path).or(self.written);
        replaced?;
        (self.file, self.digest) = (file, digest);
        Ok(())
    }
}

/// SHA-256 over what is said of the root, the slots, and the cases with their keys.
fn digest_of(file: &KeyringFile, cases: &CaseRing) -> Result<[u8; 32], KeyringError> {
    let mut context = Context::new(&SHA256);
    context.update(&digest_of_head(&file.root, &file.slots)?);
    context.update(&cases.digest());
    let digest = context.finish();
    digest.as_ref().try_into().map_err(|_| KeyringError::NoKey)
}

fn with_passphrase(
    vault: &VaultId,
    head: &SlotHead,
    root: RootSince<'_>,
    passphrase: &NewPassphrase,
    argon2id: Argon2Params,
    entropy: &dyn Entropy,
) -> Result<Slot, KeyringError> {
    let salt = draw::<SALT>(entropy)?;
    let kek = passphrase.as_passphrase().kek(argon2id, &salt)?;
    let salt = Base64(salt.to_vec());
    let way = Way::Passphrase { argon2id, salt };
    Slot::make(vault, head, way, root, &kek, entropy)
}

/// The file with this body, sealed under this root.
fn sealed(
    (vault, generation): (VaultId, u64),
    head: RootHead,
    slots: Vec<Slot>,
    (root, body): (&Secret<32>, &[u8]),
    entropy: &dyn Entropy,
) -> Result<KeyringFile, KeyringError> {
    let aad = body_aad(&vault, generation, &head, &slots)?;
    let nonce = Nonces::new(entropy).take()?;
    let body = body_sealer(&vault, root)?.seal(nonce, &aad, body)?;
    Ok(KeyringFile::new(vault, generation, head, slots, body))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ring::signature::KeyPair;

    use super::*;
    use crate::domain::Field;
    use crate::vault::keyring::tests::bench::{Bench, MADE, NEW, OLD, case, new};
    use crate::vault::keyring::{Handed, LockedKeyring, Programs, SlotWanted};
    use crate::vault::plaintext::Aad;

    /// Two keyrings have the same key of a case if one opens what the other sealed.
    fn same_key(one: &Keyring, other: &Keyring, case: &CaseId) -> bool {
        let (one, other) = (one.case_keys(case).unwrap(), other.case_keys(case).unwrap());
        let aad = Aad::case_description(one.vault(), case);
        let nonce = Nonces::new(&crate::vault::entropy::SystemEntropy::new())
            .take()
            .unwrap();
        let sealed = one.terms(Field::Number).seal(nonce, &aad, b"x").unwrap();
        other.terms(Field::Number).open(&aad, &sealed).is_ok()
    }

    #[test]
    fn a_keyring_opens_with_its_passphrase_and_has_its_keys() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        keyring.add_case(&case(2), &bench.entropy).unwrap();
        let again = bench.unlock(OLD).unwrap();
        assert_eq!(again.vault(), keyring.vault());
        assert_eq!(again.status(), keyring.status());
        assert_eq!(
            again.cases().collect::<Vec<_>>(),
            keyring.cases().collect::<Vec<_>>()
        );
        assert!(same_key(&keyring, &again, &case(1)));
        assert!(same_key(&keyring, &again, &case(2)));
        assert_eq!(again.case_keys(&case(1)).unwrap().key_id(), KeyId::new(1));
        assert_eq!(
            again.log_signing(0).unwrap().public_key().as_ref(),
            keyring.log_signing(0).unwrap().public_key().as_ref()
        );
    }

    #[test]
    fn a_keyring_that_is_there_is_not_overwritten_and_one_that_is_not_is_missing() {
        let bench = Bench::new();
        assert_eq!(bench.unlock(OLD).err(), Some(KeyringError::Missing));
        bench.create().unwrap();
        let bytes = fs::read(bench.path()).unwrap();
        assert_eq!(bench.create().err(), Some(KeyringError::Exists));
        assert_eq!(fs::read(bench.path()).unwrap(), bytes);
    }

    #[test]
    fn a_new_passphrase_keeps_the_keys_and_ends_the_old_one() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let before = keyring.generation();
        keyring
            .change_passphrase(&new(NEW), MADE, &bench.entropy)
            .unwrap();
        assert_eq!(keyring.generation(), before + 1);
        assert_eq!(bench.unlock(OLD).err(), Some(KeyringError::WrongPassphrase));
        let again = bench.unlock(NEW).unwrap();
        assert_eq!(again.generation(), before + 1);
        assert!(same_key(&keyring, &again, &case(1)));
        assert_eq!(again.status().slots[0].since, before + 1);
    }

    #[test]
    fn a_new_passphrase_keeps_every_slot_but_the_one_that_was_unlocked() {
        const OTHER: &str = "a passphrase of somebody else";
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let vault = keyring.vault().clone();
        let mut slots = keyring.file.slots.clone();
        for (no, text) in [(1, OTHER), (2, "a third passphrase")] {
            let head = SlotHead {
                no,
                label: SlotLabel::parse("another").unwrap(),
                since: keyring.generation() + 1,
                made: MADE,
                change: None,
            };
            let (params, text) = (keyring.argon2id(), new(text));
            let root = keyring.root_since();
            let slot = with_passphrase(&vault, &head, root, &text, params, &bench.entropy);
            slots.push(slot.unwrap());
        }
        keyring.write(slots, &bench.entropy).unwrap();

        let mut theirs = bench.unlock(OTHER).unwrap();
        theirs
            .change_passphrase(&new(NEW), MADE, &bench.entropy)
            .unwrap();
        assert_eq!(theirs.status().slots.len(), 3);
        for text in [OLD, NEW, "a third passphrase"] {
            assert!(same_key(&keyring, &bench.unlock(text).unwrap(), &case(1)));
        }
        assert_eq!(
            bench.unlock(OTHER).err(),
            Some(KeyringError::WrongPassphrase)
        );
    }

    fn named(keyring: &Keyring) -> NamedKeyring {
        NamedKeyring {
            generation: keyring.generation(),
            digest: *keyring.digest(),
        }
    }

    /// What must not be lost of a keyring that was named when it was of this generation.
    fn kept<F: Fn(&CaseId) -> bool>(named: u64, needed: F) -> Kept<F> {
        Kept { named, needed }
    }

    #[test]
    fn the_file_that_is_named_is_taken_and_no_other() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let mut other = bench.unlock(OLD).unwrap();
        let all = kept(2, |_: &CaseId| true);
        assert_eq!(other.take_in_place(&named(&keyring), all), Ok(false));
        let (old, before) = (named(&keyring), fs::read(bench.path()).unwrap());
        // As if another node had written it, and somebody had copied it here.
        keyring.add_case(&case(2), &bench.entropy).unwrap();
        assert!(!other.is_in_place() && !other.has_case(&case(2)));
        let not_it = Some(KeyringError::NotTheNamed);
        assert_eq!(other.take_in_place(&old, all).err(), not_it);
        assert_eq!(other.take_in_place(&named(&keyring), all), Ok(true));
        assert!(other.is_in_place() && same_key(&keyring, &other, &case(2)));
        assert_eq!(named(&other), named(&keyring));
        // What a node sends is on the disk at once.
        keyring.destroy_case(&case(1), &bench.entropy).unwrap();
        let sent = fs::read(bench.path()).unwrap();
        store::replace(&bench.path(), &before).unwrap();
        assert_eq!(
            other.take(&sent, &named(&keyring), all),
            Err(KeyringError::LacksKey)
        );
        assert!(other.has_case(&case(1)));
        let not_destroyed = kept(3, |one: &CaseId| *one != case(1));
        assert_eq!(other.take(&before, &named(&keyring), all).err(), not_it);
        assert_eq!(other.take(&sent, &named(&keyring), not_destroyed), Ok(()));
        assert!(!other.has_case(&case(1)) && other.is_in_place());
        assert_eq!(fs::read(bench.path()).unwrap(), sent);
        // One that was changed is none, whatever is named.
        keyring.add_case(&case(3), &bench.entropy).unwrap();
        let mut changed = fs::read(bench.path()).unwrap();
        let at = changed.len() - 20;
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(other.take(&changed, &named(&keyring), all).is_err());
        assert!(!other.has_case(&case(3)));
    }

    #[test]
    fn what_was_never_committed_gives_way_to_what_was() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let before = fs::read(bench.path()).unwrap();
        let mut other = bench.unlock(OLD).unwrap();
        // Both change it at once: of the same generation, and not the same.
        keyring.add_case(&case(2), &bench.entropy).unwrap();
        let committed = fs::read(bench.path()).unwrap();
        store::replace(&bench.path(), &before).unwrap();
        other.add_case(&case(3), &bench.entropy).unwrap();
        assert_eq!(other.generation(), keyring.generation());
        assert_ne!(other.digest(), keyring.digest());
        let in_the_log = |one: &CaseId| *one != case(3);
        let lacks = Err(KeyringError::LacksKey);
        let taken = other.take(&committed, &named(&keyring), kept(2, |_| true));
        assert_eq!(taken, lacks);
        let taken = other.take(&committed, &named(&keyring), kept(2, in_the_log));
        assert_eq!(taken, Ok(()));
        assert!(same_key(&keyring, &other, &case(1)) && same_key(&keyring, &other, &case(2)));
        assert!(!other.has_case(&case(3)));
    }

    #[test]
    fn a_new_key_that_was_never_committed_gives_way_to_that_of_another_node_also_after_a_restart() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        keyring.add_case(&case(2), &bench.entropy).unwrap();
        let (before, both) = (fs::read(bench.path()).unwrap(), keyring.generation());
        let mut other = bench.unlock(OLD).unwrap();
        // Both rotate the key of one case at once. One of them commits it, and goes on.
        keyring.add_case_key(&case(1), &bench.entropy).unwrap();
        let (at_once, first) = (fs::read(bench.path()).unwrap(), named(&keyring));
        keyring.retire_case_keys(&case(1), &bench.entropy).unwrap();
        let later = fs::read(bench.path()).unwrap();
        store::replace(&bench.path(), &before).unwrap();
        other.add_case_key(&case(1), &bench.entropy).unwrap();
        let lost = fs::read(bench.path()).unwrap();
        assert_eq!(other.generation(), first.generation);
        assert_eq!(other.case_key_ids(&case(1)).len(), 2);
        let all = |_: &CaseId| true;
        let lacks = Err(KeyringError::LacksKey);
        for (file, named) in [(&at_once, &first), (&later, &named(&keyring))] {
            store::replace(&bench.path(), &lost).unwrap();
            let mut other = bench.unlock(OLD).unwrap();
            // Where its own key was named too, there are two logs.
            let own = other.generation();
            assert_eq!(other.take(file, named, kept(own, all)), lacks);
            assert_eq!(other.take(file, named, kept(both, all)), Ok(()));
            assert!(same_key(&keyring, &other, &case(1)));
            assert!(same_key(&keyring, &other, &case(2)));
        }
        // A key that was named is not lost, whatever else is not committed.
        other.destroy_case(&case(2), &bench.entropy).unwrap();
        let without = fs::read(bench.path()).unwrap();
        let taken = keyring.take(&without, &named(&other), kept(both, all));
        assert_eq!(taken, lacks);
        let not_destroyed = kept(both, |one: &CaseId| *one != case(2));
        let taken = keyring.take(&without, &named(&other), not_destroyed);
        assert_eq!(taken, Ok(()));
    }

    #[test]
    fn a_slot_that_another_node_removed_counts_as_opened_no_more() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        let (one, handed) = added(&mut keyring, &bench, &SlotWanted::Passphrase);
        let Handed::Passphrase(text) = handed else {
            panic!("no passphrase");
        };
        let mut other = bench.unlock(OLD).unwrap();
        other.joined_by(&bench.unlock(&text).unwrap()).unwrap();
        assert!(other.has_its_holders());
        assert_eq!(other.opened_slots(), [0, one]);
        let taken = |other: &mut Keyring, keyring: &Keyring| {
            let (bytes, named) = (fs::read(bench.path()).unwrap(), named(keyring));
            let kept = kept(other.generation(), |_| true);
            other.take(&bytes, &named, kept).unwrap();
        };
        // Another slot gets the number of one that went.
        keyring.remove_slot(one, &bench.entropy).unwrap();
        let identity = age::x25519::Identity::generate();
        let recipients = vec![identity.to_public().to_string()];
        let (no, _) = added(&mut keyring, &bench, &SlotWanted::Age { recipients });
        assert_eq!(no, one);
        taken(&mut other, &keyring);
        assert!(!other.has_its_holders());
        assert_eq!(other.opened_slots(), [0]);
        // The one that is left was never known to open.
        assert_eq!(other.may_remove(0), Err(KeyringError::NoProvedSlot));
        // Its own one gets another passphrase elsewhere.
        keyring
            .change_passphrase(&new(NEW), MADE, &bench.entropy)
            .unwrap();
        taken(&mut other, &keyring);
        assert_eq!(other.opened_slots(), Vec::<u32>::new());
        assert_eq!(other.status().opened_with, None);
        let refused = other.change_passphrase(&new(OLD), MADE, &bench.entropy);
        assert_eq!(refused, Err(KeyringError::NoSuchSlot));
        assert_eq!(other.opened().slot, 0, "how it was opened");
        assert!(bench.unlock(NEW).is_ok() && bench.unlock(OLD).is_err());
    }

    #[test]
    fn two_keyrings_of_one_generation_with_other_slots_differ() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        let before = fs::read(bench.path()).unwrap();
        let mut other = bench.unlock(OLD).unwrap();
        assert_eq!(other.digest(), keyring.digest());
        added(&mut keyring, &bench, &SlotWanted::Passphrase);
        store::replace(&bench.path(), &before).unwrap();
        added(&mut other, &bench, &SlotWanted::Passphrase);
        assert_eq!(other.generation(), keyring.generation());
        assert_ne!(other.digest(), keyring.digest());
    }

    #[test]
    fn every_change_grows_the_generation() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        assert_eq!(keyring.generation(), 1);
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        keyring.destroy_case(&case(1), &bench.entropy).unwrap();
        assert_eq!(keyring.generation(), 3);
        assert_eq!(bench.unlock(OLD).unwrap().generation(), 3);
    }

    #[test]
    fn a_destroyed_case_has_no_keys_and_a_case_of_its_name_has_others() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let before = bench.unlock(OLD).unwrap();
        keyring.destroy_case(&case(1), &bench.entropy).unwrap();
        assert_eq!(
            keyring.case_keys(&case(1)).err(),
            Some(KeyringError::UnknownCase)
        );
        assert!(!bench.unlock(OLD).unwrap().has_case(&case(1)));
        assert_eq!(
            keyring.destroy_case(&case(1), &bench.entropy),
            Err(KeyringError::UnknownCase)
        );
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        assert!(!same_key(&before, &keyring, &case(1)));
        assert_eq!(
            keyring.add_case(&case(1), &bench.entropy).err(),
            Some(KeyringError::CaseKnown)
        );
    }

    #[test]
    fn a_case_has_two_keys_while_one_takes_the_place_of_the_other() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        keyring.add_case(&case(2), &bench.entropy).unwrap();
        let (before, digest) = (bench.unlock(OLD).unwrap(), *keyring.digest());
        let [first, second] = [1, 2].map(KeyId::new);
        let made = keyring.add_case_key(&case(1), &bench.entropy);
        assert_eq!(made, Ok(second));
        assert_ne!(*keyring.digest(), digest);
        let again = bench.unlock(OLD).unwrap();
        assert_eq!(again.case_key_ids(&case(1)), [second, first]);
        assert_eq!(again.case_key_ids(&case(2)), [first]);
        assert!(same_key(&before, &again, &case(1)), "it opens as before");
        keyring.retire_case_keys(&case(1), &bench.entropy).unwrap();
        let after = bench.unlock(OLD).unwrap();
        assert_eq!(after.case_key_ids(&case(1)), [second]);
        assert_eq!(after.generation(), before.generation() + 2);
        assert!(!same_key(&before, &after, &case(1)));
        assert!(same_key(&again, &after, &case(1)));
        let token = |keyring: &Keyring| {
            let keys = keyring.case_keys(&case(1)).unwrap();
            keys.tokens().token(1).to_string()
        };
        assert_eq!(token(&before), token(&after));
        let unknown = keyring.add_case_key(&case(3), &bench.entropy);
        assert_eq!(unknown, Err(KeyringError::UnknownCase));
        assert_eq!(
            keyring.retire_case_keys(&case(3), &bench.entropy),
            Err(KeyringError::UnknownCase)
        );
    }

    #[test]
    fn a_change_that_cannot_be_written_does_not_happen() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        fs::rename(
            bench.folder.path(),
            bench.folder.path().with_extension("moved"),
        )
        .unwrap();
        let gone = Some(KeyringError::Io(std::io::ErrorKind::NotFound));
        assert_eq!(keyring.add_case(&case(2), &bench.entropy).err(), gone);
        assert_eq!(keyring.destroy_case(&case(1), &bench.entropy).err(), gone);
        assert_eq!(keyring.add_case_key(&case(1), &bench.entropy).err(), gone);
        assert_eq!(keyring.case_key_ids(&case(1)), [KeyId::new(1)]);
        assert!(keyring.has_case(&case(1)) && !keyring.has_case(&case(2)));
        assert_eq!(keyring.generation(), 2);
        fs::rename(
            bench.folder.path().with_extension("moved"),
            bench.folder.path(),
        )
        .unwrap();
    }

    fn added(keyring: &mut Keyring, bench: &Bench, wanted: &SlotWanted) -> (u32, Handed) {
        let label = SlotLabel::parse("another").unwrap();
        let (vault, params) = (keyring.vault().clone(), keyring.argon2id());
        let programs = Programs::default();
        let made = PreparedSlot::make(&vault, label, wanted, params, &programs, &bench.entropy);
        let made = made.unwrap();
        let no = keyring.add_slot(&made, MADE, &bench.entropy).unwrap();
        (no, made.handed)
    }

    #[test]
    fn a_change_that_is_carried_out_twice_leaves_one_slot_and_what_was_handed_out_last_opens_it() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        let mut carry_out = |change: &str| {
            let label = SlotLabel::parse("another").unwrap();
            let (vault, params) = (keyring.vault().clone(), keyring.argon2id());
            let (wanted, programs) = (SlotWanted::Passphrase, Programs::default());
            let made =
                PreparedSlot::make(&vault, label, &wanted, params, &programs, &bench.entropy);
            let mut made = made.unwrap();
            made.change = Some(change.to_owned());
            keyring.add_slot(&made, MADE, &bench.entropy).unwrap();
            let slots = keyring.status().slots.len();
            match made.handed {
                Handed::Passphrase(text) => (text.to_string(), slots),
                _ => panic!("no passphrase"),
            }
        };
        let (first, slots) = carry_out("one change");
        assert_eq!(slots, 2);
        let (second, slots) = carry_out("one change");
        assert_eq!(slots, 2);
        let (other, slots) = carry_out("another change");
        assert_eq!(slots, 3);
        assert!(bench.unlock(&first).is_err());
        assert!(bench.unlock(&second).is_ok() && bench.unlock(&other).is_ok());
        assert!(bench.unlock(OLD).is_ok());
    }

    #[test]
    fn a_slot_keeps_its_number_and_still_opens_when_an_earlier_one_is_removed() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let (one, _) = added(&mut keyring, &bench, &SlotWanted::Passphrase);
        let (two, handed) = added(&mut keyring, &bench, &SlotWanted::Passphrase);
        assert_eq!((one, two), (1, 2));
        keyring.remove_slot(0, &bench.entropy).unwrap();
        keyring.remove_slot(1, &bench.entropy).unwrap();
        let Handed::Passphrase(text) = handed else {
            panic!("no passphrase");
        };
        let again = bench.unlock(&text).unwrap();
        assert_eq!(again.opened().slot, 2);
        assert!(same_key(&keyring, &again, &case(1)));
        assert_eq!(bench.unlock(OLD).err(), Some(KeyringError::WrongPassphrase));
        assert_eq!(
            keyring.remove_slot(2, &bench.entropy),
            Err(KeyringError::LastSlot)
        );
        assert_eq!(
            keyring.remove_slot(9, &bench.entropy),
            Err(KeyringError::NoSuchSlot)
        );
    }

    #[test]
    fn the_last_slot_that_is_known_to_open_stays() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        let identity = age::x25519::Identity::generate();
        let recipients = vec![identity.to_public().to_string()];
        let (no, _) = added(&mut keyring, &bench, &SlotWanted::Age { recipients });
        assert_eq!(
            keyring.remove_slot(0, &bench.entropy),
            Err(KeyringError::NoProvedSlot)
        );
        // Once it has opened the keyring, the other one may go.
        let text = identity.to_string();
        let text = age::secrecy::ExposeSecret::expose_secret(&text);
        let locked = LockedKeyring::read(&bench.path()).unwrap();
        let mut opened = locked
            .unlock_with_identity(text, &bench.path(), None)
            .unwrap();
        assert_eq!(opened.opened().slot, no);
        opened.remove_slot(0, &bench.entropy).unwrap();
        assert_eq!(opened.status().slots.len(), 1);
        assert_eq!(
            opened.change_passphrase(&new(NEW), MADE, &bench.entropy),
            Err(KeyringError::OtherKind)
        );
    }

    #[test]
    fn there_are_eight_slots_at_most() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        for _ in 1..MOST_SLOTS {
            added(&mut keyring, &bench, &SlotWanted::Shares { k: 2, n: 2 });
        }
        assert!(!keyring.has_room());
        let label = SlotLabel::parse("one too many").unwrap();
        let (vault, params) = (keyring.vault().clone(), keyring.argon2id());
        let wanted = SlotWanted::Passphrase;
        let made = PreparedSlot::make(
            &vault,
            label,
            &wanted,
            params,
            &Programs::default(),
            &bench.entropy,
        );
        let refused = keyring.add_slot(&made.unwrap(), MADE, &bench.entropy);
        assert_eq!(refused, Err(KeyringError::TooManySlots));
        bench.unlock(OLD).unwrap();
    }

    #[test]
    fn whoever_writes_the_file_without_the_keys_adds_swaps_and_removes_no_slot() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        added(&mut keyring, &bench, &SlotWanted::Shares { k: 2, n: 3 });
        let refused = |change: &dyn Fn(&mut KeyringFile)| {
            let mut file = keyring.file.clone();
            change(&mut file);
            fs::write(bench.path(), file.to_bytes().unwrap()).unwrap();
            bench.unlock(OLD).err()
        };
        let body = Some(KeyringError::Damaged { what: "body" });
        assert_eq!(refused(&|_| {}), None);
        assert_eq!(refused(&|file| drop(file.slots.remove(1))), body);
        assert_eq!(refused(&|file| file.slots.swap(0, 1)), body);
        assert_eq!(
            refused(&|file| {
                let mut copy = file.slots[0].clone();
                copy.no = 7;
                file.slots.push(copy);
            }),
            Some(KeyringError::ForeignSlot(7))
        );
        assert_eq!(
            refused(&|file| file.slots[1].label = "mine".to_owned()),
            Some(KeyringError::ForeignSlot(1))
        );
        assert_eq!(refused(&|file| file.root.made += 1), body);
    }

    #[test]
    fn the_status_names_no_case_and_no_key() {
        let bench = Bench::new();
        let mut keyring = bench.create().unwrap();
        keyring.add_case(&case(1), &bench.entropy).unwrap();
        let locked = LockedKeyring::read(&bench.path()).unwrap();
        assert_eq!(locked.status().cases, None);
        let json = serde_json::to_string(&keyring.status()).unwrap();
        let slot = &keyring.status().slots[0];
        assert_eq!(
            json,
            format!(
                r#"{{"vault":"{}","generation":2,"root_since":1,"root_made":"{}","slots":[{{"no":0,"kind":"passphrase","label":"first passphrase","since":1,"made":"{}","fingerprint":"{}","argon2id":{{"m":8,"t":1,"p":1}},"shares":null,"recipients":[]}}],"cases":1,"opened_with":0}}"#,
                keyring.vault(),
                MADE,
                MADE,
                slot.fingerprint,
            )
        );
    }
}
