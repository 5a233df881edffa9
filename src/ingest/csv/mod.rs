//! Delimited files: `,`, `;` or tab, cells with or without quotes, any line ending.
//!
//! `cuts` cuts the file into segments of whole records, which several `parser`s may read at the
//! same time. Segments without a quote are read by `plain_lines`, all others by `quoted`.

pub(super) mod beginning;
pub(super) mod cell_lines;
pub(super) mod cuts;
mod dialect;
pub(super) mod header;
pub(super) mod log;
pub(super) mod parser;
mod plain_lines;
mod quoted;
pub(super) mod rows;
pub(super) mod segment;
