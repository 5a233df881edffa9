//! Delimited files: `,`, `;`, tab or `|`, cells with or without quotes, any line ending.
//!
//! `dialect` finds the header and the delimiter. `cuts` cuts the file into segments of whole records, which several
//! `parser`s may read at the same time. Segments without a quote are read by `plain_lines`, all others by `quoted`,
//! where `stray` notices a quote that swallows lines. What is no row is told by `aside`.

pub(super) mod aside;
pub(super) mod beginning;
pub(super) mod cell_lines;
pub(super) mod cuts;
pub(super) mod dialect;
mod first_cells;
pub(super) mod header;
pub(super) mod log;
pub(super) mod parser;
mod plain_lines;
pub(super) mod preamble;
pub(super) mod quoted;
pub(super) mod quotes;
pub(super) mod rows;
pub(super) mod segment;
mod stray;
mod tail;
mod tidy;
