//! Whether the records of a file are what its format says.

use super::error::IngestError;
use crate::domain::Format;

/// Counts the misfits among the first thousand records. A file may have bad
/// rows; one that is bad for the most part is another file.
pub(super) struct Fitness {
    format: Format,
    records: u64,
    misfits: u64,
    first_misfit: u64,
}

impl Fitness {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            records: 0,
            misfits: 0,
            first_misfit: 0,
        }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn count(&mut self, fits: bool, line: u64) -> Result<(), IngestError> {
        if self.records >= LOOKED_AT {
            return Ok(());
        }
        self.records += 1;
        if !fits {
            self.misfits += 1;
            if self.misfits == 1 {
                self.first_misfit = line;
            }
        }
        if self.records == LOOKED_AT {
            self.judge()
        } else {
            Ok(())
        }
    }

    /// To be asked at the end of the file.
    pub(super) fn end(&self) -> Result<(), IngestError> {
        match self.records {
            0 => Err(IngestError::Empty),
            LOOKED_AT => Ok(()),
            _ => self.judge(),
        }
    }

    fn judge(&self) -> Result<(), IngestError> {
        if self.misfits * 2 > self.records {
            let (declared, line) = (self.format, self.first_misfit);
            return Err(IngestError::NotThisFormat { declared, line });
        }
        Ok(())
    }
}

const LOOKED_AT: u64 = 1000;
