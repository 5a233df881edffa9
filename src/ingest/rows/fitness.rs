//! Whether the records of a file fit its format.

use crate::domain::Format;
use crate::ingest::error::IngestError;

/// Judges by the first thousand records. A file may have some bad records; if more than half of
/// these do not fit, the file has another format.
pub struct Fitness {
    format: Format,
    seen: FitTally,
    judged: bool,
    /// The first line with a backslash before a quote in a cell, which may be why rows have other cells.
    backslash: Option<u64>,
}

/// How many records of a part of the file fit the format and how many do not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FitTally {
    records: u64,
    misfits: u64,
    first_misfit: u64,
    /// How many cells it has, and how many columns the header.
    cells: Option<(usize, usize)>,
    /// How many records were asked whether their account is a phone number, in how many it is, and the first of these.
    asked: u64,
    numbers: u64,
    first_number: u64,
}

impl FitTally {
    /// Counts a record of a delimited file, if it is one of the first thousand of its part. `other` is how many
    /// cells it has and how many columns the header, if that is not the same.
    pub(in crate::ingest) fn count(&mut self, other: Option<(usize, usize)>, line: u64) {
        self.count_any(other.is_none(), other, line);
    }

    /// Counts a record of another file.
    pub(in crate::ingest) fn count_shape(&mut self, fits: bool, line: u64) {
        self.count_any(fits, None, line);
    }

    /// Counts whether the account of a record is a phone number, if it is one of the first thousand of its part.
    pub(in crate::ingest) fn count_account(&mut self, is_number: impl FnOnce() -> bool, line: u64) {
        if self.asked >= LOOKED_AT {
            return;
        }
        self.asked += 1;
        if is_number() {
            if self.numbers == 0 {
                self.first_number = line;
            }
            self.numbers += 1;
        }
    }

    fn count_any(&mut self, fits: bool, cells: Option<(usize, usize)>, line: u64) {
        if self.records >= LOOKED_AT {
            return;
        }
        self.records += 1;
        if !fits {
            if self.misfits == 0 {
                (self.first_misfit, self.cells) = (line, cells);
            }
            self.misfits += 1;
        }
    }
}

impl Fitness {
    pub(in crate::ingest) fn new(format: Format, backslash: Option<u64>) -> Self {
        Self {
            format,
            seen: FitTally::default(),
            judged: false,
            backslash,
        }
    }

    pub(in crate::ingest) fn format(&self) -> Format {
        self.format
    }

    /// Adds the counts of the next part of the file.
    ///
    /// # Errors
    ///
    /// `CellCount` or `NotThisFormat` if most of the first thousand records do not fit, `NumbersAsAccounts` if most of
    /// their accounts are phone numbers.
    pub fn take(&mut self, tally: FitTally) -> Result<(), IngestError> {
        if self.judged {
            return Ok(());
        }
        if self.seen.misfits == 0 {
            (self.seen.first_misfit, self.seen.cells) = (tally.first_misfit, tally.cells);
        }
        if self.seen.numbers == 0 {
            self.seen.first_number = tally.first_number;
        }
        self.seen.asked += tally.asked;
        self.seen.numbers += tally.numbers;
        self.seen.records += tally.records;
        self.seen.misfits += tally.misfits;
        if self.seen.records >= LOOKED_AT {
            self.judged = true;
            return self.judge();
        }
        Ok(())
    }

    /// Judges a file that has ended.
    ///
    /// # Errors
    ///
    /// `Empty` if it had no record, otherwise as [`Self::take`].
    pub fn end(&self) -> Result<(), IngestError> {
        match self.seen.records {
            0 => Err(IngestError::Empty),
            _ if self.judged => Ok(()),
            _ => self.judge(),
        }
    }

    fn judge(&self) -> Result<(), IngestError> {
        if self.seen.misfits * 2 > self.seen.records {
            let (declared, line) = (self.format, self.seen.first_misfit);
            return Err(match self.seen.cells {
                Some(_) if self.backslash.is_some_and(|first| first <= line) => {
                    IngestError::BackslashQuotes { line }
                }
                Some((cells, columns)) => IngestError::CellCount {
                    line,
                    cells,
                    columns,
                },
                None => IngestError::NotThisFormat { declared, line },
            });
        }
        if self.seen.numbers * 2 > self.seen.asked {
            let line = self.seen.first_number;
            return Err(IngestError::NumbersAsAccounts { line });
        }
        Ok(())
    }
}

/// How many records are judged.
const LOOKED_AT: u64 = 1000;
