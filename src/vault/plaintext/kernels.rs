//! The sealers and tag keys that `benches/kernels.rs` measures.
//!
//! Compiled only with the feature `kernels`, which is off by default. It cannot open anything of a vault: its keys are
//! constants of this file, and no other key can be used.

use crate::domain::{CaseId, ExhibitId, Field, VaultId};
use crate::vault::plaintext::{Aad, BlockSealer, KeyId, SealError, TagKey, TermSealer};

/// Sealers and a tag key that belong to no vault.
pub struct MadeUp {
    /// Seals numbers and user names.
    pub terms: TermSealer,
    /// Seals blocks of columns.
    pub blocks: BlockSealer,
    /// Makes tags of the blind index.
    pub tags: TagKey,
    vault: VaultId,
    case: CaseId,
    exhibit: ExhibitId,
}

impl MadeUp {
    /// The same keys and ids at each call.
    pub fn new() -> Result<Self, SealError> {
        let (id, key) = (KeyId::new(1), [7; 32]);
        Ok(Self {
            terms: TermSealer::new(id, &key),
            blocks: BlockSealer::new(id, &key)?,
            tags: TagKey::new(&key),
            vault: VaultId::from_random([7; 16]),
            case: CaseId::from_random([7; 13]),
            exhibit: ExhibitId::from_random([7; 13]),
        })
    }

    /// The associated data of the first number term.
    pub fn place_of_term(&self) -> Aad {
        Aad::term(&self.vault, &self.case, &self.exhibit, Field::Number, 1)
    }

    /// The associated data of a block of countries with so many rows.
    pub fn place_of_block(&self, rows: u32) -> Aad {
        Aad::block(
            &self.vault,
            &self.case,
            &self.exhibit,
            Field::Country,
            1,
            rows,
        )
    }
}
