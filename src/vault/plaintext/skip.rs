//! Lines of a file that are no row, and why. Together with the rows they account for every line.

use crate::domain::words;

words! {
    /// Why a line of a file is neither a record nor in quarantine.
    pub enum SkipKind {
        /// The names of the columns.
        Header => "header",
        /// The names of the columns once more, where files were joined.
        RepeatedHeader => "repeated-header",
        /// Before the names of the columns: a title, a date, a line that names the delimiter.
        Preamble => "preamble",
        /// Nothing in it but spaces and delimiters.
        Blank => "blank",
        /// A line drawn with dashes.
        Ruler => "ruler",
        /// A sum or a count of the rows.
        Total => "total",
        /// The mark with which old programs end a file.
        EndMark => "end-mark",
        /// A message to the sender of the log, not to a person.
        Inbound => "inbound",
        /// An event of another kind than a message to a person.
        StatusEvent => "status-event",
        /// A line of JSON in which no record ends: the brackets around the records, or nothing.
        AroundRecords => "around-records",
    }
}
