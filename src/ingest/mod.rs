//! Suppliers' logs: from the bytes of a file to rows in a [`crate::vault::plaintext::RowBatch`].
//!
//! A file comes in through [`LogReader::open`], which finds out how it is packed, encoded and
//! written and which format it has. `unpack` gives plain UTF-8 text, `csv` and `json` give
//! records, `formats` and `mapping` say which column holds which field, `guard` keeps message
//! content out, `times` reads times, and `rows` makes a row of each record.
//!
//! All of this is pure: it reads from the reader it is given and touches no disk, clock or key.
//! Only `pipeline` is not: it runs these readers on threads and feeds an admission of the vault.
//!
//! Every cell of a file passes through here, but only cells of known columns are kept, and only
//! one record is held at a time. Errors and reports name lines, columns and kinds, never a cell.
//! Phone numbers are not judged here; the vault does that. The buffers inside the CSV and
//! deflate libraries are not wiped.

mod column_name;
mod countries;
mod csv;
mod declared;
mod delimited;
mod error;
mod formats;
mod guard;
mod json;
mod log_reader;
mod mapping;
mod opening;
pub mod pipeline;
mod recipients;
mod record;
mod rows;
mod times;
mod unpack;

#[cfg(test)]
mod tests;

pub use self::column_name::ShownName;
pub use self::csv::cuts::Cuts;
pub use self::csv::parser::SegmentParser;
pub use self::csv::preamble::Before;
pub use self::csv::quotes::Quotes;
pub use self::csv::segment::Segment;
pub use self::declared::Declared;
pub use self::error::{IngestError, WorkbookFault, ZipFault};
pub use self::log_reader::{LogFacts, LogReader, SplitLog};
pub use self::mapping::column::ColumnMapping;
pub use self::mapping::draft::{FileLook, LookedColumn, draft, look};
pub use self::mapping::meaning::Mapping;
pub use self::rows::fitness::{FitTally, Fitness};
pub use self::times::zone::{Zone, ZoneError};
