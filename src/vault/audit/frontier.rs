//! The right edge of the tree: all that is needed to append leaves and to compute the root. At most
//! 64 hashes, however many leaves there are.

use super::hash::{EMPTY_ROOT, Hash, LeafHash, node_hash};
use super::tip::Tip;
use super::tree::{Hashes, SIZE_MAX, TreeError, join, stored_hash_index};

/// The right edge of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// The complete subtrees, largest (leftmost) first: one for each bit set in `size`.
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// The edge of an empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the edge of a tree of `size` leaves from its stored hashes.
    pub fn read<H: Hashes>(size: u64, hashes: &H) -> Result<Self, TreeError<H::Error>> {
        if size > SIZE_MAX {
            return Err(TreeError::Range { size });
        }
        let mut positions = Vec::new();
        let mut start = 0;
        while let Some(level) = (size - start).checked_ilog2() {
            positions.push(stored_hash_index(level, start >> level));
            start += 1 << level;
        }
        let subtrees = hashes.read(&positions).map_err(TreeError::Read)?;
        if subtrees.len() != positions.len() {
            return Err(TreeError::Short {
                wanted: positions.len(),
                got: subtrees.len(),
            });
        }
        Ok(Self { size, subtrees })
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the next leaf.
    pub fn append(&mut self, leaf: LeafHash) {
        self.grow(leaf, |_| ());
    }

    /// Appends the next leaf, and pushes onto `store` the hashes to append to the stored ones: the
    /// leaf's own, then every node it completes.
    pub fn append_storing(&mut self, leaf: LeafHash, store: &mut Vec<Hash>) {
        self.grow(leaf, |hash| store.push(hash));
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        join(&self.subtrees).unwrap_or(EMPTY_ROOT)
    }

    /// Where the tree ends.
    pub fn tip(&self) -> Tip {
        Tip {
            size: self.size,
            root: self.root(),
        }
    }

    fn grow(&mut self, leaf: LeafHash, mut complete: impl FnMut(Hash)) {
        let mut node = *leaf.as_hash();
        complete(node);
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.subtrees.pop() else {
                break;
            };
            node = node_hash(&left, &node);
            complete(node);
        }
        self.subtrees.push(node);
        self.size += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::audit::hash::leaf_hash;

    #[test]
    fn an_empty_edge_has_the_empty_root() {
        assert_eq!(Frontier::new().root(), EMPTY_ROOT);
    }

    #[test]
    fn an_edge_taken_up_from_the_store_grows_like_the_first_one() {
        let mut store = Vec::new();
        let mut whole = Frontier::new();
        for index in 0..137_u64 {
            let taken = Frontier::read(index, &store).unwrap();
            assert_eq!(taken, whole);
            whole.append_storing(leaf_hash(&index.to_be_bytes()), &mut store);
        }
    }
}
