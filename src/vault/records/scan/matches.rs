//! Counts the records and numbers that a filter keeps, and says which exhibits hold them.

use std::collections::HashMap;

use crate::domain::{ExhibitId, Field};
use crate::vault::columns::{Codes, Selection};
use crate::vault::error::OperationError;
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;
use crate::vault::store::exhibit_rows::ExhibitNumber;

/// How much a filter keeps, and where it is. Only an exhibit that has a record of it changes this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) struct Matched {
    pub(in crate::vault) messages: u64,
    pub(in crate::vault) numbers: u64,
    /// The exhibits that hold it, in the order of their admission.
    pub(in crate::vault) held: Vec<Held>,
}

/// What one exhibit has of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) struct Held {
    pub(in crate::vault) exhibit: ExhibitId,
    /// The digest of the exhibit's sealed parts.
    pub(in crate::vault) parts: String,
    pub(in crate::vault) records: u64,
}

impl CaseRecords<'_> {
    /// Counts what a filter keeps. A request for an export is bound to this result.
    pub(in crate::vault) fn result_of(
        &self,
        filter: &RecordFilter,
    ) -> Result<Matched, OperationError> {
        let numbers = self.case.numbers;
        let begin = || {
            (
                HashMap::<ExhibitNumber, u64>::new(),
                NumbersSeen::new(numbers),
            )
        };
        let parts = self.fold(
            &self.plan(filter)?,
            &[Field::Number],
            begin,
            |(records, seen), block| {
                let here = block.place().exhibit.number;
                *records.entry(here).or_default() += block.selection().count() as u64;
                seen.add(block.codes(Field::Number)?, block.selection());
                Ok(())
            },
        )?;
        let (mut records, mut seen) = begin();
        for (more, others) in parts {
            for (exhibit, count) in more {
                *records.entry(exhibit).or_default() += count;
            }
            seen.merge(&others);
        }
        let exhibits = self.exhibits.iter().zip(&self.descriptions);
        let held = exhibits.filter_map(|(exhibit, description)| {
            let records = records.get(&exhibit.number).copied().unwrap_or_default();
            (records > 0).then(|| Held {
                exhibit: exhibit.id.clone(),
                parts: description.blocks_digest.clone(),
                records,
            })
        });
        Ok(Matched {
            messages: records.values().sum(),
            numbers: seen.count(),
            held: held.collect(),
        })
    }
}

/// Which numbers were found: a bit for each number of the case.
struct NumbersSeen(Vec<u64>);

impl NumbersSeen {
    fn new(numbers: u32) -> Self {
        Self(vec![0; numbers as usize / 64 + 1])
    }

    fn merge(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn add(&mut self, numbers: Codes<'_>, selection: &Selection) {
        let numbers = numbers.as_slice();
        selection.for_each(|row| {
            let number = numbers.get(row).copied().unwrap_or_default() as usize;
            if let Some(word) = self.0.get_mut(number / 64) {
                *word |= 1 << (number % 64);
            }
        });
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}
