//! Whether the records of a file are what its format says.

use super::error::IngestError;
use crate::domain::Format;

/// Judges by the misfits among the first thousand records. A file may have bad
/// rows; one that is bad for the most part is another file.
pub struct Fitness {
    format: Format,
    seen: Tally,
    judged: bool,
}

/// Records and misfits of a stretch of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    records: u64,
    misfits: u64,
    first_misfit: u64,
}

impl Tally {
    /// Counts a record; nothing is counted beyond what is looked at.
    pub(super) fn count(&mut self, fits: bool, line: u64) {
        if self.records >= LOOKED_AT {
            return;
        }
        self.records += 1;
        if !fits {
            if self.misfits == 0 {
                self.first_misfit = line;
            }
            self.misfits += 1;
        }
    }
}

impl Fitness {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            seen: Tally::default(),
            judged: false,
        }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Takes in the next stretch of the file.
    pub fn take(&mut self, tally: Tally) -> Result<(), IngestError> {
        if self.judged {
            return Ok(());
        }
        if self.seen.misfits == 0 {
            self.seen.first_misfit = tally.first_misfit;
        }
        self.seen.records += tally.records;
        self.seen.misfits += tally.misfits;
        if self.seen.records >= LOOKED_AT {
            self.judged = true;
            return self.judge();
        }
        Ok(())
    }

    /// To be asked at the end of the file.
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
            return Err(IngestError::NotThisFormat { declared, line });
        }
        Ok(())
    }
}

const LOOKED_AT: u64 = 1000;
