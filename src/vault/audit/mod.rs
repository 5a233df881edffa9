//! The formats of the transparency log: leaves, the tree, signed checkpoints, proofs, the exported
//! log, and the offline verifier.
//!
//! Pure: no SQL, no clock, no randomness, and no key is made or kept (`export` writes and reads
//! plain files). The ledger writes the log; anybody can verify it with the public key. Sources: RFC
//! 6962 2.1, RFC 9162 2.1.3.2 and 2.1.4.2, RFC 8785, C2SP signed-note, tlog-checkpoint,
//! tlog-proof@v1 and tlog-tiles; hashes are stored as in x/mod/sumdb/tlog. It cannot show that a
//! leaf is true, only that it is the one that was signed.

mod batch;
mod chain;
mod checkpoint;
mod commitment;
mod export;
mod exported;
mod frontier;
mod hash;
mod inspect;
mod key;
mod leaf;
mod note;
mod path;
mod proof;
mod skim;
mod successor;
mod tile;
mod tip;
mod tree;
mod verdict;
mod verify;

pub(in crate::vault) use batch::{Beside, Leaves, StoredLeaf, Unreadable};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use commitment::{Commitment, CommitmentError, SALT_BYTES};
pub use export::{ExportError, write_log, write_log_to};
pub use exported::{ExportedLeaves, ExportedLog};
pub use frontier::Frontier;
pub use hash::{EMPTY_ROOT, Hash, HashError, LeafHash, leaf_hash, node_hash};
pub(in crate::vault) use inspect::agrees;
pub use key::{KeyError, KeyName, VerifierKey};
pub use leaf::{Decision, LEAF_BYTES_MAX, Leaf, LeafError, Outcome};
pub use note::{NoteError, OpenedNote, open, sign};
pub use path::{PathError, verify_consistency, verify_inclusion};
pub use proof::{InclusionProof, ProofError, Proven};
pub use successor::Successor;
pub use tip::{NotProven, Tip};
pub use tree::{
    Hashes, NotStored, SIZE_MAX, TreeError, consistency_proof, hashes_to_store, inclusion_proof,
    root, stored_hash_count, stored_hash_index, stored_hash_place,
};
pub use verdict::{Failure, FailureKind, Outcomes, Succeeded, Verdict};
pub use verify::{Claim, NoHashes, verify_log};
pub(in crate::vault) use verify::{WrongColumn, verify_stored};

#[cfg(test)]
mod tests;
