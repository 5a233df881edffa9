//! The audit log, as auditors and the holders of receipts see it.

mod checkpoint;
mod prove;
mod read;
mod search;
mod sign_off;
mod vkey;

pub use checkpoint::ReadCheckpoint;
pub use prove::ProveLeaf;
pub use read::{ReadLeaf, ReadLeafBytes};
pub use search::{LeafPage, SearchLeaves, SearchLeavesInput};
pub use sign_off::{SignOff, SignOffInput, SignedOff};
pub use vkey::ReadVkey;
