//! (being built)

mod raw_number;
mod reject;
mod rows;
mod wiped_text;

pub use raw_number::RawNumber;
pub use reject::{Reject, RejectCells, RejectKind};
pub use rows::{Basis, BatchFull, Row, RowBatch};
