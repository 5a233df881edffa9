//! Size and root of the tree as whoever writes the log keeps them in memory. A leaf that is proved
//! into them is the one that was written, whatever stands in the database now.

use super::hash::{Hash, leaf_hash};
use super::path::verify_inclusion;
use super::tree::{Hashes, inclusion_proof};

/// Where the log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// The number of leaves.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// The leaf is not the one that stands at this place in the tree, or the stored hashes do not lead
/// from it to the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the leaf is not proved to be in the log")]
pub struct NotProven;

impl Tip {
    /// Proves that `leaf` is number `seq` of this tree. The stored hashes need not be trusted.
    pub fn prove(&self, seq: u64, leaf: &[u8], hashes: &impl Hashes) -> Result<(), NotProven> {
        let path = inclusion_proof(seq, self.size, hashes).map_err(|_| NotProven)?;
        verify_inclusion(&leaf_hash(leaf), seq, self.size, &path, &self.root).map_err(|_| NotProven)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::audit::Frontier;

    #[test]
    fn a_leaf_is_proved_at_its_place_and_nowhere_else_whatever_hashes_are_stored() {
        let mut stored = Vec::new();
        let mut frontier = Frontier::new();
        for leaf in 0..21_u8 {
            frontier.append_storing(leaf_hash(&[leaf]), &mut stored);
        }
        let tip = frontier.tip();
        // Leaves that came later change nothing.
        for leaf in 21..30_u8 {
            frontier.append_storing(leaf_hash(&[leaf]), &mut stored);
        }
        for leaf in 0..21_u8 {
            assert_eq!(tip.prove(u64::from(leaf), &[leaf], &stored), Ok(()));
            assert_eq!(
                tip.prove(u64::from(leaf), &[leaf + 1], &stored),
                Err(NotProven)
            );
        }
        assert_eq!(tip.prove(21, &[21], &stored), Err(NotProven));
        stored[0] = *leaf_hash(b"forged").as_hash();
        assert_eq!(tip.prove(0, b"forged", &stored), Err(NotProven));
        assert_eq!(tip.prove(1, &[1], &stored), Err(NotProven));
    }
}
