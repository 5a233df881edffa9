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

/// A row that does not stand for one line.
pub(super) struct Span {
    row: u32,
    lines: u64,
    /// Its number could be read.
    numbered: bool,
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

    /// The rows of a batch that do not stand for one line. `rows` are those whose number could be read, in order,
    /// before duplicates are left out.
    pub(super) fn spans(batch: &RowBatch, rows: &[u32]) -> Vec<Span> {
        let spans = batch.spans().iter();
        let spans = spans.map(|(row, lines)| Span {
            row: *row,
            lines: *lines,
            numbered: rows.binary_search(row).is_ok(),
        });
        spans.collect()
    }

    /// Counts the lines of these rows. `rows` are those that were kept.
    pub(super) fn count(&mut self, spans: &[Span], rows: &[u32]) {
        for span in spans {
            let kept = rows.binary_search(&span.row).is_ok();
            let count = match (kept, span.numbered) {
                (true, _) => &mut self.admitted,
                (false, true) => &mut self.duplicates,
                (false, false) => &mut self.quarantined,
            };
            *count += span.lines as i64 - 1;
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
