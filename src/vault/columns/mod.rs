//! Encodes and decodes columns, and scans them.
//!
//! A block has up to 65,536 records of one field, as codes, times or texts. Its plaintext is written and read here; it
//! is sealed and opened elsewhere. Sees codes and times, no digits of numbers, no SQL and no keys. Called by the vault
//! only. Every decoder refuses what it does not know and limits what it allocates. Not promised: that a decoder notices
//! a changed byte; the seal finds that.

mod code_block;
mod code_set;
mod count;
mod dictionary;
mod distinct;
mod error;
mod pack;
mod packed_subjects;
mod padding;
mod reader;
mod seen_block;
mod selection;
mod statistics;
mod subject_block;
mod subject_index;
mod text_block;
mod text_values;
mod time_block;
mod together;
mod user_block;

pub use code_block::{BLOCK_ROWS, CodeBlock, Codes};
pub use code_set::CodeSet;
pub use count::{GroupCodes, count_by};
pub use dictionary::{Dictionary, Segment};
pub use distinct::{DistinctBudget, DistinctByGroup};
pub use error::CodecError;
pub use pack::{
    frame_of_codes, frame_of_offsets, pack_codes, pack_offsets, packed_codes_len,
    packed_offsets_len, unpack_codes, unpack_offsets,
};
pub use packed_subjects::PackedSubjects;
pub use seen_block::{LOW_BITS, PRINT_BITS, SeenBlock, SeenPlace};
pub use selection::Selection;
pub use statistics::BlockStatistics;
pub use subject_block::{RANGE_NUMBERS, SubjectBlock, SubjectEntry};
pub use subject_index::{Messages, SubjectIndexBuilder, SubjectRanges};
pub use text_block::TextBlock;
pub use time_block::{Distances, TimeBlock};
pub use together::{DistinctTogether, GroupCounts, TogetherLayout};
pub use user_block::{UserBlock, UserOf};
