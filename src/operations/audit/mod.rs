//! The audit log, as auditors and the holders of receipts see it.

mod checkpoint;
mod prove;
mod read;
mod request_leaves;
mod search;
mod sheet;
mod sign_off;
mod vkey;
mod volume;

pub use checkpoint::ReadCheckpoint;
pub use prove::ProveLeaf;
pub use read::{ReadLeaf, ReadLeafBytes};
pub use request_leaves::{ListRequestLeaves, RequestLeavesInput};
pub use search::{LeafPage, SearchLeaves, SearchLeavesInput};
pub use sheet::SearchLeavesCsv;
pub use sign_off::{SignOff, SignOffInput, SignedOff};
pub use vkey::ReadVkey;
pub use volume::{CountLeaves, CountLeavesInput};
