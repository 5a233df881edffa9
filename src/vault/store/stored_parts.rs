//! Goes through the parts of an exhibit that are in the database.

use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::part_list::{PartKind, PartList, PartPlace, digest_of};
use super::sealed_parts::SealedParts;
use super::snapshot::Snapshot;
use super::{
    block_rows, dictionary_rows, duplicate_rows, quarantine_rows, seen_rows, statistics_rows,
    subject_index_rows,
};

/// The list of the parts that are in the database.
pub(crate) fn list(connection: &Snapshot, exhibit: ExhibitNumber) -> Result<PartList, StoreError> {
    let mut parts = Vec::new();
    each_part(connection, exhibit, |place, sealed| {
        parts.push((place, digest_of(sealed)));
    })?;
    Ok(PartList::of(parts))
}

/// Reads every part of an exhibit.
pub(crate) fn each_part(
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
pub(crate) const NUMBERED: [(PartKind, SealedParts); 5] = [
    (PartKind::Statistics, statistics_rows::TABLE),
    (PartKind::SubjectIndex, subject_index_rows::TABLE),
    (PartKind::Quarantine, quarantine_rows::TABLE),
    (PartKind::Duplicates, duplicate_rows::TABLE),
    (PartKind::Seen, seen_rows::TABLE),
];
