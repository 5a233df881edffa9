//! The digest over the set of an exhibit's sealed parts, while they are made or some of them are replaced. If a part is
//! missing, added or changed, the digest differs.

use std::collections::BTreeMap;

use crate::domain::Field;
use crate::vault::exhibits::index_ranges::IndexRanges;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::part_list::{PartDigest, PartList, digest_of};
pub(super) use crate::vault::store::part_list::{PartKind, PartPlace};
pub(super) use crate::vault::store::stored_parts::NUMBERED;
use crate::vault::store::stored_parts::{self, each_part};
use crate::vault::store::{Snapshot, StoreError};

/// The digests of single parts, collected during an admission or a check.
#[derive(Default)]
pub(super) struct PartDigests(Vec<(PartPlace, PartDigest)>);

impl PartDigests {
    pub(super) fn add(&mut self, kind: PartKind, field: Option<Field>, no: u32, sealed: &[u8]) {
        let place = (kind, field.map_or(0, Field::code), no);
        self.0.push((place, digest_of(sealed)));
    }

    pub(super) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The ranges of the subject index among the parts.
    pub(super) fn index_ranges(&self) -> IndexRanges {
        let places = self.0.iter().map(|(place, _)| place);
        let of_index = places.filter(|(kind, ..)| *kind == PartKind::SubjectIndex);
        IndexRanges::of(of_index.map(|(.., range)| *range))
    }

    /// The digest over the set.
    pub(super) fn digest(self) -> [u8; 32] {
        PartList::of(self.0).digest()
    }
}

/// The digests of all parts of an exhibit by their places, for somebody who changes some of them.
pub(super) struct PartSet(BTreeMap<PartPlace, PartDigest>);

impl PartSet {
    /// Of the parts that are in the database; tells `with` of each.
    pub(super) fn of_stored(
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        mut with: impl FnMut(PartPlace, &[u8]),
    ) -> Result<Self, StoreError> {
        let mut set = Self(BTreeMap::new());
        each_part(connection, exhibit, |place, sealed| {
            with(place, sealed);
            set.put(place, sealed);
        })?;
        Ok(set)
    }

    /// Another part is in this place.
    pub(super) fn put(&mut self, place: PartPlace, sealed: &[u8]) {
        self.0.insert(place, digest_of(sealed));
    }

    /// The digest over the set.
    pub(super) fn digest(&self) -> [u8; 32] {
        let parts = self.0.iter().map(|(place, hash)| (*place, *hash));
        PartList::of(parts.collect()).digest()
    }
}

/// Computes the digest of the parts that are in the database.
pub(super) fn recompute(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
) -> Result<[u8; 32], StoreError> {
    Ok(stored_parts::list(connection, exhibit)?.digest())
}

/// The same with other parts in the place of some.
pub(super) fn recompute_with<'o>(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    other: impl Fn(PartPlace) -> Option<&'o [u8]>,
) -> Result<[u8; 32], StoreError> {
    let mut parts = Vec::new();
    each_part(connection, exhibit, |place, sealed| {
        parts.push((place, digest_of(other(place).unwrap_or(sealed))));
    })?;
    Ok(PartList::of(parts).digest())
}
