//! The sheet of a workbook that is read, and the sheets that are not.

use crate::ingest::column_name::{ShownName, join};
use crate::ingest::error::IngestError;

/// A sheet of a workbook, written as lines without quotes.
pub(in crate::ingest) struct Sheet {
    /// Its name, if it may be shown.
    pub(super) name: Option<ShownName>,
    /// Its place among the sheets. None of the one that is read where nobody names a sheet.
    pub(super) place: Option<u32>,
    /// The names of the other sheets that a reader of the workbook sees, as far as they may be shown.
    pub(super) unread: Vec<ShownName>,
    /// How many more there are.
    pub(super) more_unread: usize,
    /// Those of the others that begin with the same row: the log may go on there.
    pub(super) alike: Vec<ShownName>,
}

impl Sheet {
    /// What separates its cells: no cell has it.
    pub(in crate::ingest) const DELIMITER: u8 = 0x1f;

    /// Which sheet it is, if not the one that is read where nobody names one.
    pub(in crate::ingest) fn place(&self) -> Option<u32> {
        self.place
    }

    /// Its name, for a sentence.
    pub(in crate::ingest) fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("the sheet {name} of a workbook"),
            None => "a sheet of a workbook".to_owned(),
        }
    }

    /// What the report says of it: a log may go on in another sheet.
    pub(in crate::ingest) fn evidence(&self) -> String {
        let Some(unread) = self.others() else {
            return self.title();
        };
        let alike = match join(&self.alike) {
            alike if alike.is_empty() => String::new(),
            alike => format!(
                "; with the same columns: {alike}; send the workbook again for each, with its name in `sheet=`"
            ),
        };
        format!(
            "{} (sheets that are not read: {unread}{alike})",
            self.title()
        )
    }

    /// The error of this sheet, with the names of the others if one of them may be the log.
    pub(in crate::ingest) fn blamed(&self, error: IngestError) -> IngestError {
        let is_no_log = matches!(
            error,
            IngestError::Empty
                | IngestError::NoHeader
                | IngestError::UnknownFormat { .. }
                | IngestError::UnknownDelimiter { .. }
                | IngestError::MissingColumn { .. }
                | IngestError::NotThisFormat { .. }
        );
        match self.others().filter(|_| is_no_log) {
            Some(others) => IngestError::InSheet {
                sheet: format!(
                    "{} was read; name another with `sheet=`: {others}",
                    self.title()
                ),
                error: Box::new(error),
            },
            None => error,
        }
    }

    /// The other sheets, if there are any.
    fn others(&self) -> Option<String> {
        match (self.unread.as_slice(), self.more_unread) {
            ([], 0) => None,
            ([], more) => Some(format!("{more} more")),
            (names, 0) => Some(join(names)),
            (names, more) => Some(format!("{} and {more} more", join(names))),
        }
    }
}
