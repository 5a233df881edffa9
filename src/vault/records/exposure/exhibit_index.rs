//! Reads the subject index of one exhibit, range by range, and checks that it is complete. Opens no column, and holds
//! one block in memory.

use std::ops::RangeInclusive;

use super::range_set::RangeSet;
use crate::vault::columns::{RANGE_NUMBERS, SubjectBlock};
use crate::vault::error::OperationError;
use crate::vault::exhibits::description;
use crate::vault::exhibits::index_ranges::IndexRanges;
use crate::vault::exhibits::known_parts::KnownParts;
use crate::vault::records::opened::CaseRecords;
use crate::vault::store::exhibit_rows::ExhibitRow;

pub(super) struct ExhibitIndex<'r> {
    records: &'r CaseRecords<'r>,
    exhibit: &'r ExhibitRow,
    /// Distinct numbers of the exhibit, according to its description.
    numbers: u64,
    /// The ranges of its index, likewise.
    ranges: IndexRanges,
    /// What is kept of its parts on this machine.
    known: Option<KnownParts>,
    found: u64,
}

impl<'r> ExhibitIndex<'r> {
    pub(super) fn of(
        records: &'r CaseRecords<'r>,
        exhibit: &'r ExhibitRow,
    ) -> Result<Self, OperationError> {
        let description = description::open_description(&records.keys, exhibit)?;
        // Of an exhibit that was withdrawn nothing is kept.
        let known = match exhibit.withdrawn {
            None => {
                let of = (exhibit.number, &exhibit.id);
                KnownParts::of(records.connection, of, &description.blocks_digest)?
            }
            Some(_) => None,
        };
        Ok(Self {
            records,
            exhibit,
            numbers: u64::from(description.numbers),
            ranges: description.index_ranges,
            known,
            found: 0,
        })
    }

    pub(super) fn of_all(
        records: &'r CaseRecords<'r>,
        exhibits: impl IntoIterator<Item = &'r ExhibitRow>,
    ) -> Result<Vec<Self>, OperationError> {
        exhibits
            .into_iter()
            .map(|exhibit| Self::of(records, exhibit))
            .collect()
    }

    /// Open each range exactly once, otherwise `finish` counts too many numbers.
    pub(super) fn block(&mut self, range: u32) -> Result<Option<SubjectBlock>, OperationError> {
        let records = self.records;
        if !self.ranges.has(range) {
            return Ok(None);
        }
        let of = (self.exhibit, self.known.as_ref());
        let block = description::open_subjects(records.connection, &records.keys, of, range)?;
        self.found += numbers_of(&block).count();
        Ok(Some(block))
    }

    /// The numbers of the exhibit in a range.
    pub(super) fn numbers(&mut self, range: u32) -> Result<RangeSet, OperationError> {
        let block = self.block(range)?;
        Ok(block.as_ref().map_or_else(RangeSet::new, numbers_of))
    }

    /// Checks the count of numbers: if somebody removed a part of the index, numbers would seem to be absent.
    pub(super) fn finish(self) -> Result<(), OperationError> {
        if self.found == self.numbers {
            return Ok(());
        }
        Err(OperationError::Damaged {
            place: format!("exhibit {}, subject index", self.exhibit.id),
        })
    }
}

pub(super) fn numbers_of(block: &SubjectBlock) -> RangeSet {
    let mut numbers = RangeSet::new();
    for entry in block.iter() {
        numbers.insert(entry.number);
    }
    numbers
}

/// All ranges of the numbers of a case.
pub(super) fn ranges(records: &CaseRecords<'_>) -> RangeInclusive<u32> {
    0..=records.case.numbers / RANGE_NUMBERS
}

/// The numbers of a range that are in at least one of the exhibits.
pub(super) fn any_of(
    indexes: &mut [ExhibitIndex<'_>],
    range: u32,
) -> Result<RangeSet, OperationError> {
    let mut numbers = RangeSet::new();
    for index in indexes {
        numbers.add(&index.numbers(range)?);
    }
    Ok(numbers)
}
