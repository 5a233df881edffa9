//! Parts of an exhibit that come in the place of others, and the digest over the set with them: one act writes both.
//!
//! Whoever makes them reads and seals (`resealed_parts.rs`, `erased_parts.rs`). Sees the keys of the case.

use std::collections::BTreeMap;

use super::part_digests::{NUMBERED, PartKind, PartPlace};
use crate::domain::Field;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Nonces;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber};
use crate::vault::store::sealed_parts::SealedParts;
use crate::vault::store::{Transaction, block_rows, dictionary_rows};

/// The parts by their places, sealed.
pub(in crate::vault) struct ReplacedParts {
    pub(super) exhibit: ExhibitNumber,
    /// The digest over the set as it was read.
    pub(super) before: String,
    pub(in crate::vault) digest: String,
    pub(super) parts: BTreeMap<PartPlace, Vec<u8>>,
}

impl ReplacedParts {
    /// Writes the parts and the digest of the set. Nothing else may have changed the set meanwhile.
    pub(in crate::vault) fn write(
        &self,
        rows: &Transaction,
        keys: &CaseKeys,
        nonces: &mut Nonces<'_>,
    ) -> Result<(), OperationError> {
        let number = self.exhibit;
        let exhibit = exhibit_rows::find(rows, number)?.ok_or(OperationError::NotFound)?;
        let mut description = open_description(keys, &exhibit)?;
        if description.blocks_digest != self.before {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        for ((kind, field, no), sealed) in &self.parts {
            match (kind, field_of(*field)) {
                (PartKind::Block, Some(field)) => {
                    block_rows::overwrite(rows, number, field, *no, sealed)?;
                }
                (PartKind::Dictionary, Some(field)) => {
                    dictionary_rows::replace(rows, number, field, sealed)?;
                }
                _ => match table_of(*kind) {
                    Some(table) => table.replace(rows, number, *no, sealed)?,
                    None => return Err(OperationError::Internal("a part of no kind")),
                },
            }
        }
        description.blocks_digest.clone_from(&self.digest);
        let part = ExhibitParts::of(keys, &exhibit.id).description();
        let sealed = part.seal_json(nonces.take()?, &description)?;
        Ok(exhibit_rows::redescribe(rows, number, &sealed)?)
    }

    /// How long the parts are together.
    pub(in crate::vault) fn bytes(&self) -> u64 {
        self.parts.values().map(|sealed| sealed.len() as u64).sum()
    }
}

/// The field of a part's place; `None` where a part is of none.
pub(super) fn field_of(code: u8) -> Option<Field> {
    Field::ALL.into_iter().find(|field| field.code() == code)
}

/// The table of the parts that have a position and no field.
pub(super) fn table_of(kind: PartKind) -> Option<&'static SealedParts> {
    let mut numbered = NUMBERED.iter();
    numbered
        .find(|(one, _)| *one == kind)
        .map(|(_, table)| table)
}
