//! The digest over the set of an exhibit's sealed parts. If a part is missing, added or changed, the digest differs.

use std::collections::BTreeMap;

use ring::digest::{Context, SHA256, digest};

use crate::domain::Field;
use crate::vault::exhibits::index_ranges::IndexRanges;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::sealed_parts::SealedParts;
use crate::vault::store::{
    Snapshot, StoreError, block_rows, dictionary_rows, duplicate_rows, quarantine_rows, seen_rows,
    statistics_rows, subject_index_rows,
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum PartKind {
    Block = 1,
    Statistics,
    Dictionary,
    SubjectIndex,
    Quarantine,
    Duplicates,
    Seen,
}

/// Kind, code of the field (0 where a part is of none), position, SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part(PartKind, u8, u32, [u8; 32]);

/// The digests of single parts, collected during an admission or a check.
#[derive(Default)]
pub(super) struct PartDigests(Vec<Part>);

impl PartDigests {
    pub(super) fn add(&mut self, kind: PartKind, field: Option<Field>, no: u32, sealed: &[u8]) {
        self.add_coded(kind, field.map_or(0, Field::code), no, sealed);
    }

    pub(super) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The ranges of the subject index among the parts.
    pub(super) fn index_ranges(&self) -> IndexRanges {
        let of_index = |part: &&Part| part.0 == PartKind::SubjectIndex;
        IndexRanges::of(self.0.iter().filter(of_index).map(|part| part.2))
    }

    /// SHA-256 over the number of parts and, in order, kind, field, position
    /// (big-endian) and SHA-256 of each.
    pub(super) fn digest(mut self) -> [u8; 32] {
        self.0.sort_unstable();
        let mut context = Context::new(&SHA256);
        context.update(b"breachvault exhibit 1\0");
        context.update(&(self.0.len() as u64).to_be_bytes());
        for Part(kind, field, no, hash) in &self.0 {
            context.update(&[*kind as u8, *field]);
            context.update(&no.to_be_bytes());
            context.update(hash);
        }
        array(context.finish().as_ref())
    }

    fn add_coded(&mut self, kind: PartKind, field: u8, no: u32, sealed: &[u8]) {
        let hash = array(digest(&SHA256, sealed).as_ref());
        self.0.push(Part(kind, field, no, hash));
    }
}

/// The digests of all parts of an exhibit by their places, for somebody who changes some of them.
pub(super) struct PartSet(BTreeMap<PartPlace, [u8; 32]>);

/// Where a part is: its kind, the code of its field (0 where a part is of none), its position.
pub(super) type PartPlace = (PartKind, u8, u32);

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
        let hash = array(digest(&SHA256, sealed).as_ref());
        self.0.insert(place, hash);
    }

    /// The digest over the set, as [`PartDigests::digest`] makes it.
    pub(super) fn digest(&self) -> [u8; 32] {
        let parts = self.0.iter();
        let parts = parts.map(|((kind, field, no), hash)| Part(*kind, *field, *no, *hash));
        PartDigests(parts.collect()).digest()
    }
}

/// Computes the digest of the parts that are in the database.
pub(super) fn recompute(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
) -> Result<[u8; 32], StoreError> {
    recompute_with(connection, exhibit, |_| None)
}

/// The same with other parts in the place of some.
pub(super) fn recompute_with<'o>(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    other: impl Fn(PartPlace) -> Option<&'o [u8]>,
) -> Result<[u8; 32], StoreError> {
    let mut parts = PartDigests::default();
    each_part(connection, exhibit, |(kind, field, no), sealed| {
        let sealed = other((kind, field, no)).unwrap_or(sealed);
        parts.add_coded(kind, field, no, sealed);
    })?;
    Ok(parts.digest())
}

/// Reads every part of an exhibit.
fn each_part(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    mut with: impl FnMut(PartPlace, &[u8]),
) -> Result<(), StoreError> {
    block_rows::for_each(connection, exhibit, |field, no, sealed| {
        with((PartKind::Block, field, no), sealed);
    })?;
    dictionary_rows::for_each(connection, exhibit, |field, sealed| {
        with((PartKind::Dictionary, field as u8, 0), sealed);
    })?;
    for (kind, table) in NUMBERED {
        table.for_each(connection, exhibit, |no, sealed| {
            with((kind, 0, no), sealed);
        })?;
    }
    Ok(())
}

/// The parts that have a position and no field.
pub(super) const NUMBERED: [(PartKind, SealedParts); 5] = [
    (PartKind::Statistics, statistics_rows::TABLE),
    (PartKind::SubjectIndex, subject_index_rows::TABLE),
    (PartKind::Quarantine, quarantine_rows::TABLE),
    (PartKind::Duplicates, duplicate_rows::TABLE),
    (PartKind::Seen, seen_rows::TABLE),
];

fn array(bytes: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    for (out, byte) in array.iter_mut().zip(bytes) {
        *out = *byte;
    }
    array
}
