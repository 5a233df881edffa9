//! Suppliers' logs: bytes to rows of a [`crate::vault::plaintext::RowBatch`].
//!
//! Sees every cell of a file while it passes through, keeps only the columns
//! it knows, and holds one record of a file at a time. No disk, no clock, no
//! keys: the reader it is given is all it touches. Called by the operation
//! that admits an exhibit. Its errors and reports name lines, columns and
//! kinds, never a cell. It does not judge phone numbers; the vault does. The
//! buffers inside the CSV and deflate libraries are not wiped.

mod carrier;
mod cells;
mod content;
mod declared;
mod decode;
mod delimited;
mod error;
mod fitness;
mod formats;
mod guard;
mod header;
mod json_known;
mod json_path;
mod json_record;
mod json_stream;
mod log_parser;
mod log_reader;
mod mapping;
mod mapping_draft;
mod mapping_guess;
mod mapping_toml;
mod opening;
mod packed;
mod plain_lines;
mod row_maker;
mod segment;
mod shape;
mod shown_name;
mod time_form;
mod times;
mod unpack;
mod zip;
mod zip_header;
mod zone;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_bad_input;
#[cfg(test)]
mod tests_formats;
#[cfg(test)]
mod tests_generated;
#[cfg(test)]
mod tests_mapping;
#[cfg(test)]
mod tests_mutated;

pub use declared::{ColumnMapping, Declared};
pub use error::{IngestError, ZipFault};
pub use fitness::{Fitness, Tally};
pub use log_parser::LogParser;
pub use log_reader::{LogFacts, LogReader, SplitLog};
pub use mapping::Mapping;
pub use mapping_draft::draft;
pub use segment::{Cuts, Segment};
pub use shown_name::ShownName;
pub use zone::{Zone, ZoneError};

/// The most that one record of a file may hold.
const RECORD_BYTES: usize = 1 << 20;
