//! The parts of an exhibit, sealed again under the newest key of the case, some at a time.
//!
//! Reads and seals; an act writes what came of it (`replaced_parts.rs`). What is not what the
//! log says is not sealed again: the set must have the digest that the description has, and each part must open.
//! Sees the keys of the case, and plaintext of parts in place while it is sealed again.

use std::collections::{BTreeMap, VecDeque};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::part_digests::{PartKind, PartPlace, PartSet};
use super::replaced_parts::{ReplacedParts, field_of, table_of};
use crate::vault::error::OperationError;
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::exhibit_parts::{ExhibitParts, Part};
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{HEADER, KeyId, Nonces};
use crate::vault::store::exhibit_rows::ExhibitRow;
use crate::vault::store::{Snapshot, block_rows, dictionary_rows};

/// An exhibit whose parts are being sealed again.
pub(in crate::vault) struct Resealing {
    exhibit: ExhibitRow,
    set: PartSet,
    /// The digest over the set as it is stored.
    stored: String,
    /// What is left to do.
    left: VecDeque<Left>,
    /// Whether the description is under an older key still.
    describe: bool,
}

/// A part that is under an older key, as it was when the digest over the set was compared.
struct Left {
    place: PartPlace,
    length: usize,
    /// A part that opens, and begins like the one that the digest was over, is that one.
    header: [u8; HEADER],
}

impl Resealing {
    /// Reads all parts of an exhibit once.
    pub(in crate::vault) fn begin(
        connection: &Snapshot,
        keys: &CaseKeys,
        exhibit: ExhibitRow,
    ) -> Result<Self, OperationError> {
        let newest = Some(keys.key_id());
        let description = open_description(keys, &exhibit)?;
        let mut left = VecDeque::new();
        let set = PartSet::of_stored(connection, exhibit.number, |place, sealed| {
            if KeyId::of_sealed(sealed) != newest {
                left.push_back(Left {
                    place,
                    length: sealed.len(),
                    header: header_of(sealed),
                });
            }
        })?;
        let stored = STANDARD.encode(set.digest());
        if stored != description.blocks_digest {
            return Err(OperationError::Damaged {
                place: format!("exhibit {}, the set of its sealed parts", exhibit.id),
            });
        }
        Ok(Self {
            describe: KeyId::of_sealed(&exhibit.sealed) != newest,
            exhibit,
            set,
            stored,
            left,
        })
    }

    /// The next parts, of some `most` bytes together and at least one; `None` if nothing is left.
    pub(in crate::vault) fn next(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        nonces: &mut Nonces<'_>,
        most: usize,
    ) -> Result<Option<ReplacedParts>, OperationError> {
        if self.left.is_empty() && !self.describe {
            return Ok(None);
        }
        self.describe = false;
        let (mut parts, mut bytes) = (BTreeMap::new(), 0);
        while let Some(next) = self.left.front() {
            if bytes > 0 && bytes + next.length > most {
                break;
            }
            let (place, header) = (next.place, next.header);
            self.left.pop_front();
            let damaged = || self.damaged(place);
            // Another ciphertext of the same place, such as one from before an erasure, opens as well.
            let stored = stored(connection, &self.exhibit, place)?;
            let stored = stored.filter(|stored| header_of(stored) == header);
            // Plaintext stands in it for a moment.
            let mut sealed = Zeroizing::new(stored.ok_or_else(damaged)?);
            let part = part_of(keys, &self.exhibit, place).ok_or_else(damaged)?;
            part.reseal(nonces.take()?, &mut sealed)
                .map_err(|_| damaged())?;
            self.set.put(place, &sealed);
            bytes += sealed.len();
            parts.insert(place, std::mem::take(&mut *sealed));
        }
        let digest = STANDARD.encode(self.set.digest());
        let before = std::mem::replace(&mut self.stored, digest.clone());
        Ok(Some(ReplacedParts {
            exhibit: self.exhibit.number,
            before,
            digest,
            parts,
        }))
    }

    fn damaged(&self, (kind, field, no): PartPlace) -> OperationError {
        let kind = match kind {
            PartKind::Block => "block",
            PartKind::Statistics => "statistics",
            PartKind::Dictionary => "dictionary",
            PartKind::SubjectIndex => "subject index",
            PartKind::Quarantine => "quarantine",
            PartKind::Duplicates => "duplicates",
            PartKind::Seen => "prints",
        };
        OperationError::Damaged {
            place: format!("exhibit {}, {kind} {no} of field {field}", self.exhibit.id),
        }
    }
}

fn header_of(sealed: &[u8]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    for (out, byte) in header.iter_mut().zip(sealed) {
        *out = *byte;
    }
    header
}

fn stored(
    connection: &Snapshot,
    exhibit: &ExhibitRow,
    (kind, field, no): PartPlace,
) -> Result<Option<Vec<u8>>, OperationError> {
    let number = exhibit.number;
    Ok(match (kind, field_of(field)) {
        (PartKind::Block, Some(field)) => {
            let mut sealed = Vec::new();
            block_rows::read(connection, number, field, no, &mut sealed)?.then_some(sealed)
        }
        (PartKind::Dictionary, Some(field)) => dictionary_rows::find(connection, number, field)?,
        _ => match table_of(kind) {
            Some(table) => table.find(connection, number, no)?,
            None => None,
        },
    })
}

fn part_of<'k>(
    keys: &'k CaseKeys,
    exhibit: &'k ExhibitRow,
    (kind, field, no): PartPlace,
) -> Option<Part<'k>> {
    let parts = ExhibitParts::of(keys, &exhibit.id);
    Some(match kind {
        PartKind::Block => parts.block(field_of(field)?, no),
        PartKind::Statistics => parts.statistics(no),
        PartKind::Dictionary => parts.dictionary(field_of(field)?),
        PartKind::SubjectIndex => parts.subject_index(no),
        PartKind::Quarantine => parts.quarantine(no),
        PartKind::Duplicates => parts.duplicates(no),
        PartKind::Seen => parts.seen(no),
    })
}
