//! The keys of one case, derived once from its case keys and its lasting key.
//!
//! What seals is of a case key, and changes with it. What only names or finds things is of the lasting key, which stays
//! as long as the case: tags of terms and of erased numbers, subject tokens, digests, prints. If they changed, subjects
//! would have other tokens, terms other numbers, and what people wrote down would mean nothing.

use ring::hmac;
use zeroize::Zeroizing;

use crate::domain::{CaseId, Field, VaultId};
use crate::vault::plaintext::{BlockSealer, Fingerprinter, KeyId, TagKey, TermSealer, TokenKey};

use super::derive::{CaseUse, from_case};
use super::error::KeyringError;
use super::secret::Secret;

const FIELDS: usize = Field::ALL.len();

/// The id of the lasting key, in what is sealed under it.
const LASTING: KeyId = KeyId::new(0);

/// Every key that works on the data of one case.
pub struct CaseKeys {
    vault: VaultId,
    case: CaseId,
    key_id: KeyId,
    blocks: [BlockSealer; FIELDS],
    terms: [TermSealer; FIELDS],
    tags: [TagKey; FIELDS],
    tokens: TokenKey,
    descriptions: TermSealer,
    quarantine: BlockSealer,
    requests: BlockSealer,
    cursors: BlockSealer,
    details: BlockSealer,
    digests: DigestKey,
    prints: Zeroizing<[u8; 32]>,
    erased_tags: TagKey,
    erased_list: TermSealer,
}

impl CaseKeys {
    /// `keys` are the case keys, newest first: the newest seals, and all of them open.
    pub(in crate::vault) fn derive(
        vault: &VaultId,
        case: &CaseId,
        keys: &[(KeyId, &Secret<32>)],
        lasting: &Secret<32>,
    ) -> Result<Self, KeyringError> {
        let ((key_id, newest), older) = keys.split_first().ok_or(KeyringError::UnknownCase)?;
        let derived = |key: &Secret<32>, purpose| from_case(key, vault, case, purpose);
        let stays = |purpose| from_case(lasting, vault, case, purpose);
        let block_sealer = |purpose| -> Result<BlockSealer, KeyringError> {
            let mut sealer = BlockSealer::new(*key_id, &*derived(newest, purpose)?)?;
            for (id, key) in older {
                sealer.also_opens(*id, &*derived(key, purpose)?)?;
            }
            Ok(sealer)
        };
        let term_sealer = |purpose| -> Result<TermSealer, KeyringError> {
            let mut sealer = TermSealer::new(*key_id, &*derived(newest, purpose)?);
            for (id, key) in older {
                sealer.also_opens(*id, &*derived(key, purpose)?);
            }
            Ok(sealer)
        };
        Ok(Self {
            vault: vault.clone(),
            case: case.clone(),
            key_id: *key_id,
            blocks: per_field(|field| block_sealer(CaseUse::Blocks(field)))?,
            terms: per_field(|field| term_sealer(CaseUse::Terms(field)))?,
            tags: per_field(|field| Ok(TagKey::new(&*stays(CaseUse::Tags(field))?)))?,
            tokens: TokenKey::new(&*stays(CaseUse::Tokens)?),
            descriptions: term_sealer(CaseUse::Descriptions)?,
            quarantine: block_sealer(CaseUse::Quarantine)?,
            requests: block_sealer(CaseUse::Requests)?,
            cursors: block_sealer(CaseUse::Cursors)?,
            details: block_sealer(CaseUse::Details)?,
            digests: DigestKey::new(&*stays(CaseUse::Digests)?),
            prints: stays(CaseUse::Prints)?,
            erased_tags: TagKey::new(&*stays(CaseUse::ErasedTags)?),
            erased_list: TermSealer::new(LASTING, &*stays(CaseUse::ErasedList)?),
        })
    }

    /// The vault's id.
    pub fn vault(&self) -> &VaultId {
        &self.vault
    }

    /// The case's id.
    pub fn case(&self) -> &CaseId {
        &self.case
    }

    /// The id of the newest case key.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// Seals the blocks, statistics and dictionary of a field.
    pub fn blocks(&self, field: Field) -> &BlockSealer {
        &self.blocks[index(field)]
    }

    /// Seals the terms of a field.
    pub fn terms(&self, field: Field) -> &TermSealer {
        &self.terms[index(field)]
    }

    /// Tags the terms of a field.
    pub fn tags(&self, field: Field) -> &TagKey {
        &self.tags[index(field)]
    }

    /// Computes the tokens of the case's subjects.
    pub fn tokens(&self) -> &TokenKey {
        &self.tokens
    }

    /// Seals the description of the case and of its exhibits.
    pub fn descriptions(&self) -> &TermSealer {
        &self.descriptions
    }

    /// Seals rows that could not be admitted.
    pub fn quarantine(&self) -> &BlockSealer {
        &self.quarantine
    }

    /// Seals what two people decide.
    pub fn requests(&self) -> &BlockSealer {
        &self.requests
    }

    /// Seals where the next page of records begins.
    pub fn cursors(&self) -> &BlockSealer {
        &self.cursors
    }

    /// Seals the details of the case's audit leaves: they end with the case.
    pub fn details(&self) -> &BlockSealer {
        &self.details
    }

    /// Makes the fingerprints by which an admission finds the messages of earlier ones.
    pub fn prints(&self) -> Fingerprinter {
        Fingerprinter::of_case(&self.prints)
    }

    /// Tags the numbers that were erased. Never changes while there is the case.
    pub(in crate::vault) fn erased_tags(&self) -> &TagKey {
        &self.erased_tags
    }

    /// Seals the list of those tags. Never changes while there is the case.
    pub(in crate::vault) fn erased_list(&self) -> &TermSealer {
        &self.erased_list
    }

    /// Computes digests of whole files.
    pub fn digests(&self) -> &DigestKey {
        &self.digests
    }
}

fn index(field: Field) -> usize {
    usize::from(field.code()) - 1
}

fn per_field<K>(
    key: impl Fn(Field) -> Result<K, KeyringError>,
) -> Result<[K; FIELDS], KeyringError> {
    let keys: Result<Vec<K>, KeyringError> = Field::ALL.into_iter().map(key).collect();
    <[K; FIELDS]>::try_from(keys?).map_err(|_| KeyringError::NoKey)
}

/// The key of a case's file digests: HMAC-SHA-256. Without the key nobody can recognise the digest
/// of a file that they have too.
pub struct DigestKey(hmac::Key);

/// A digest in progress, fed piece by piece.
pub struct FileDigest(hmac::Context);

impl DigestKey {
    fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Begins the digest of a file.
    pub fn begin(&self) -> FileDigest {
        FileDigest(hmac::Context::with_key(&self.0))
    }
}

impl FileDigest {
    /// Adds bytes of the file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    pub fn finish(self) -> [u8; 32] {
        let mut digest = [0; 32];
        for (out, byte) in digest.iter_mut().zip(self.0.sign().as_ref()) {
            *out = *byte;
        }
        digest
    }
}
