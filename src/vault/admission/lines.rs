//! Accounts for every line of the file: each is of a record, a duplicate, a row in quarantine, or skipped.

use std::collections::BTreeMap;

use crate::vault::exhibits::line_report::LineReport;
use crate::vault::plaintext::{RowBatch, SkipKind};

/// The lines so far, where they are not one for each row: how many more or fewer there are.
#[derive(Default)]
pub(super) struct Lines {
    admitted: i64,
    duplicates: i64,
    quarantined: i64,
    skipped: BTreeMap<SkipKind, u64>,
    records: BTreeMap<SkipKind, u64>,
}

impl Lines {
    /// Counts the lines that are no row, and those of the reader's rejects.
    pub(super) fn skip(&mut self, batch: &RowBatch) {
        for (kind, lines) in batch.skipped().filter(|(_, lines)| *lines > 0) {
            *self.skipped.entry(kind).or_default() += lines;
        }
        for (kind, records) in batch.skipped_records().filter(|(_, records)| *records > 0) {
            *self.records.entry(kind).or_default() += records;
        }
        self.quarantined += batch.reject_lines() as i64 - batch.rejects().len() as i64;
    }

    /// Counts the lines of the rows of a batch that do not stand for one. `rows` are those whose number could be read,
    /// in order, and `new` says which of them are new in the file.
    pub(super) fn count(&mut self, spans: &[(u32, u64)], rows: &[u32], new: &[bool]) {
        for (row, lines) in spans {
            let count = match rows.binary_search(row) {
                Ok(at) if new[at] => &mut self.admitted,
                Ok(_) => &mut self.duplicates,
                Err(_) => &mut self.quarantined,
            };
            *count += *lines as i64 - 1;
        }
    }

    /// What became of the lines of a file with `total` lines and so many rows admitted, left out and in quarantine.
    pub(super) fn report(
        &self,
        total: u64,
        [admitted, duplicates, quarantined]: [u64; 3],
    ) -> LineReport {
        let named = |counts: &BTreeMap<SkipKind, u64>| {
            let counts = counts.iter();
            counts
                .map(|(kind, count)| (kind.as_str().to_owned(), *count))
                .collect()
        };
        LineReport {
            total,
            admitted: admitted.saturating_add_signed(self.admitted),
            duplicates: duplicates.saturating_add_signed(self.duplicates),
            quarantined: quarantined.saturating_add_signed(self.quarantined),
            skipped: named(&self.skipped),
            skipped_records: named(&self.records),
        }
    }
}
