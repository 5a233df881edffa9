//! Counts the records and numbers that a filter keeps.

use crate::domain::Field;
use crate::vault::columns::{Codes, Selection};
use crate::vault::error::OperationError;
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;

/// How much a filter keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Matched {
    pub(in crate::vault) messages: u64,
    pub(in crate::vault) numbers: u64,
}

impl CaseRecords<'_> {
    /// Counts what a filter keeps.
    pub(in crate::vault) fn result_of(
        &self,
        filter: &RecordFilter,
    ) -> Result<Matched, OperationError> {
        let numbers = self.case.numbers;
        let begin = || (0_u64, NumbersSeen::new(numbers));
        let parts = self.fold(
            &self.plan(filter)?,
            &[Field::Number],
            begin,
            |(records, seen), block| {
                *records += block.selection().count() as u64;
                seen.add(block.codes(Field::Number)?, block.selection());
                Ok(())
            },
        )?;
        let (mut messages, mut seen) = begin();
        for (more, others) in parts {
            messages += more;
            seen.merge(&others);
        }
        Ok(Matched {
            messages,
            numbers: seen.count(),
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
