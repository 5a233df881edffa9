//! What `benches/kernels.rs` measures behind the door: sealing, opening and tags.
//!
//! Compiled with the feature `kernels` only, which is off unless asked for. Opens
//! nothing of a vault: the keys are made up here, the same each time, and nobody
//! can bring another one or have these.

use crate::domain::{CaseId, ExhibitId, Field, VaultId};
use crate::vault::plaintext::{Aad, BlockSealer, KeyId, SealError, TagKey, TermSealer};

/// Sealers and a tag key of no vault.
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
        Aad::term(&self.vault, &self.case, Field::Number, 1)
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
