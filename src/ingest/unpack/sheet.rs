//! The sheet of a workbook that is read, and the sheets that are not.

use crate::ingest::column_name::{ShownName, join};

/// A sheet of a workbook, written as lines without quotes.
pub(in crate::ingest) struct Sheet {
    /// Its name, if it may be shown.
    pub(super) name: Option<ShownName>,
    /// The names of the other sheets that a reader of the workbook sees, as far as they may be shown.
    pub(super) unread: Vec<ShownName>,
    /// How many more there are.
    pub(super) more_unread: usize,
}

impl Sheet {
    /// What separates its cells: no cell has it.
    pub(in crate::ingest) const DELIMITER: u8 = 0x1f;

    /// Its name, for a sentence.
    pub(in crate::ingest) fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("the sheet {name} of a workbook"),
            None => "a sheet of a workbook".to_owned(),
        }
    }

    /// What the report says of it: a log may go on in another sheet.
    pub(in crate::ingest) fn evidence(&self) -> String {
        let unread = match (self.unread.as_slice(), self.more_unread) {
            ([], 0) => return self.title(),
            ([], more) => format!("{more} more"),
            (names, 0) => join(names),
            (names, more) => format!("{} and {more} more", join(names)),
        };
        format!("{} (sheets that are not read: {unread})", self.title())
    }
}
