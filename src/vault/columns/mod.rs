//! The codecs of the columns, and the kernels that scan them: bytes in, bytes out.
//!
//! A block is up to 65,536 records of one field, as codes, times or texts; its
//! plaintext is made and read here, and sealed and opened elsewhere. These files
//! see codes and times; only `number_table` sees the digits of numbers. No SQL
//! and no keys but hash keys. The vault calls them; nothing outside it should.
//! Every decoder refuses what it does not know and bounds what it allocates, but
//! none promises to notice a changed byte: that is the seal's work.

mod code_block;
mod code_set;
mod count;
mod dictionary;
mod distinct;
mod error;
mod fingerprints;
mod number_table;
mod pack;
mod packed_subjects;
mod padding;
mod reader;
mod selection;
mod sip_hash;
mod statistics;
mod subject_block;
mod subject_index;
mod text_block;
mod text_values;
mod time_block;
mod user_block;

pub use code_block::{BLOCK_ROWS, CodeBlock, Codes};
pub use code_set::CodeSet;
pub use count::{GroupCodes, count_by};
pub use dictionary::{Dictionary, Segment};
pub use distinct::{DistinctBudget, DistinctByGroup};
pub use error::CodecError;
pub use fingerprints::{FingerprintSet, Fingerprinter};
pub use number_table::NumberTable;
pub use pack::{
    frame_of_codes, frame_of_offsets, pack_codes, pack_offsets, packed_codes_len,
    packed_offsets_len, unpack_codes, unpack_offsets,
};
pub use packed_subjects::PackedSubjects;
pub use selection::Selection;
pub use statistics::BlockStatistics;
pub use subject_block::{RANGE_NUMBERS, SubjectBlock, SubjectEntry};
pub use subject_index::{Messages, SubjectIndexBuilder, SubjectRanges};
pub use text_block::TextBlock;
pub use time_block::{Distances, TimeBlock};
pub use user_block::{UserBlock, UserOf};
