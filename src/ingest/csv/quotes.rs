//! What quotes in a delimited file mean.

use crate::domain::words;

words! {
    /// How quotes in a delimited file are read.
    #[derive(Default)]
    pub enum Quotes {
        /// As in RFC 4180. A quote that swallows lines refuses the file.
        #[default]
        Auto => "auto",
        /// As any other character: a line is a record. Quotes around a whole cell are taken off.
        None => "none",
        /// As in RFC 4180, whatever comes of it.
        Standard => "standard",
    }
}
