//! The order of the records on pages.

use crate::domain::words;

words! {
    /// The order of the records on pages.
    #[derive(Default)]
    pub enum Order {
        /// By exhibit, in the order of admission, then by row.
        #[default]
        Record => "record",
        /// By the time of sending: the timeline of one subject.
        Time => "time",
    }
}
