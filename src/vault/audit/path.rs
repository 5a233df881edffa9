//! Verifies proofs: RFC 9162 2.1.3.2 (inclusion) and 2.1.4.2 (consistency).

use super::hash::{EMPTY_ROOT, Hash, LeafHash, node_hash};

/// Why a proof fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// There is no leaf `index` in a tree of `size` leaves.
    #[error("there is no leaf {index} in a tree of {size} leaves")]
    Outside {
        /// The number of the leaf.
        index: u64,
        /// The number of leaves in the tree.
        size: u64,
    },
    /// A tree of `old_size` leaves cannot have become one of `new_size`.
    #[error("a tree of {old_size} leaves cannot have become one of {new_size}")]
    Shrunk {
        /// The size of the old tree.
        old_size: u64,
        /// The size of the new tree.
        new_size: u64,
    },
    /// The proof has too few or too many hashes for trees of these sizes.
    #[error("the proof has too few or too many hashes for trees of these sizes")]
    Length,
    /// The proof does not lead to the root.
    #[error("the proof does not lead to the root")]
    Root,
    /// The proof does not lead to the old root.
    #[error("the proof does not lead to the old root")]
    OldRoot,
}

/// Checks that the leaf is number `index` of the tree with this size and root.
pub fn verify_inclusion(
    leaf: &LeafHash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), PathError> {
    if index >= size {
        return Err(PathError::Outside { index, size });
    }
    let mut walk = Walk {
        node: index,
        last: size - 1,
    };
    let mut hash = *leaf.as_hash();
    for sibling in path {
        hash = match walk.up()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    walk.end()?;
    if hash == *root {
        Ok(())
    } else {
        Err(PathError::Root)
    }
}

/// Checks that the old tree is the beginning of the new one.
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    old_root: &Hash,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), PathError> {
    if old_size > new_size {
        return Err(PathError::Shrunk { old_size, new_size });
    }
    if old_size == new_size {
        require(path.is_empty(), PathError::Length)?;
        return require(old_root == new_root, PathError::Root);
    }
    if old_size == 0 {
        require(path.is_empty(), PathError::Length)?;
        return require(*old_root == EMPTY_ROOT, PathError::OldRoot);
    }
    // If the old tree is one complete subtree, its root is the first hash.
    let (first, rest) = match path.split_first() {
        None => return Err(PathError::Length),
        Some(_) if old_size.is_power_of_two() => (old_root, path),
        Some((first, rest)) => (first, rest),
    };
    let shared = (old_size - 1).trailing_ones();
    let mut walk = Walk {
        node: (old_size - 1) >> shared,
        last: (new_size - 1) >> shared,
    };
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        match walk.up()? {
            Side::Left => {
                old = node_hash(sibling, &old);
                new = node_hash(sibling, &new);
            }
            Side::Right => new = node_hash(&new, sibling),
        }
    }
    walk.end()?;
    require(old == *old_root, PathError::OldRoot)?;
    require(new == *new_root, PathError::Root)
}

/// The side of a node on which its sibling is.
enum Side {
    Left,
    Right,
}

/// The path from a node up to the root; `last` is the last node of the same level.
struct Walk {
    node: u64,
    last: u64,
}

impl Walk {
    fn up(&mut self) -> Result<Side, PathError> {
        if self.last == 0 {
            return Err(PathError::Length);
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // The last node of a level may have no sibling there; it then rises to the level where
            // it has one.
            let alone = self.node.trailing_zeros().min(u64::BITS - 1);
            self.node >>= alone;
            self.last >>= alone;
            Side::Left
        } else {
            Side::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Ok(side)
    }

    fn end(&self) -> Result<(), PathError> {
        require(self.last == 0, PathError::Length)
    }
}

fn require(holds: bool, error: PathError) -> Result<(), PathError> {
    if holds { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::audit::frontier::Frontier;
    use crate::vault::audit::hash::leaf_hash;
    use crate::vault::audit::tree::{consistency_proof, inclusion_proof};

    const SIZES: u64 = 200;

    fn grown() -> (Vec<Hash>, Vec<Hash>, Vec<LeafHash>) {
        let (mut store, mut roots, mut leaves) = (Vec::new(), vec![EMPTY_ROOT], Vec::new());
        let mut frontier = Frontier::new();
        for index in 0..SIZES {
            let leaf = leaf_hash(format!("leaf {index}").as_bytes());
            frontier.append_storing(leaf, &mut store);
            roots.push(frontier.root());
            leaves.push(leaf);
        }
        (store, roots, leaves)
    }

    fn flipped(hash: &Hash, bit: usize) -> Hash {
        let mut bytes = *hash.as_bytes();
        bytes[bit / 8 % Hash::BYTES] ^= 1 << (bit % 8);
        Hash::from_bytes(bytes)
    }

    #[test]
    fn every_leaf_of_every_size_is_proved_and_nowhere_else() {
        let (store, roots, leaves) = grown();
        for size in 1..=SIZES {
            let root = &roots[size as usize];
            for index in 0..size {
                let path = inclusion_proof(index, size, &store).unwrap();
                let leaf = &leaves[index as usize];
                assert_eq!(verify_inclusion(leaf, index, size, &path, root), Ok(()));
                assert!(verify_inclusion(leaf, index ^ 1, size, &path, root).is_err());
                let bit = (index * 31 + size) as usize;
                let wrong = LeafHash::from_stored(flipped(leaf.as_hash(), bit));
                assert!(verify_inclusion(&wrong, index, size, &path, root).is_err());
                assert!(verify_inclusion(leaf, index, size, &path, &flipped(root, bit)).is_err());
                if !path.is_empty() {
                    let mut wrong = path.clone();
                    let at = bit % path.len();
                    wrong[at] = flipped(&wrong[at], bit);
                    assert!(verify_inclusion(leaf, index, size, &wrong, root).is_err());
                    assert!(verify_inclusion(leaf, index, size, &path[1..], root).is_err());
                }
                let longer = [path, vec![EMPTY_ROOT]].concat();
                assert_eq!(
                    verify_inclusion(leaf, index, size, &longer, root),
                    Err(PathError::Length)
                );
            }
        }
    }

    #[test]
    fn every_size_is_consistent_with_every_later_one_and_no_other() {
        let (store, roots, _) = grown();
        for new in 0..=SIZES {
            for old in 0..=new {
                let path = consistency_proof(old, new, &store).unwrap();
                let (was, is) = (&roots[old as usize], &roots[new as usize]);
                assert_eq!(
                    verify_consistency(old, new, was, is, &path),
                    Ok(()),
                    "{old} {new}"
                );
                let bit = (old * 17 + new) as usize;
                assert!(verify_consistency(old, new, &flipped(was, bit), is, &path).is_err());
                if old > 0 {
                    assert!(verify_consistency(old, new, was, &flipped(is, bit), &path).is_err());
                }
                if !path.is_empty() {
                    let mut wrong = path.clone();
                    let at = bit % path.len();
                    wrong[at] = flipped(&wrong[at], bit);
                    assert!(verify_consistency(old, new, was, is, &wrong).is_err());
                    assert!(verify_consistency(old, new, was, is, &path[1..]).is_err());
                }
                let longer = [path, vec![EMPTY_ROOT]].concat();
                assert_eq!(
                    verify_consistency(old, new, was, is, &longer),
                    Err(PathError::Length)
                );
            }
        }
    }

    #[test]
    fn a_tree_does_not_shrink() {
        assert_eq!(
            verify_consistency(2, 1, &EMPTY_ROOT, &EMPTY_ROOT, &[]),
            Err(PathError::Shrunk {
                old_size: 2,
                new_size: 1
            })
        );
    }

    #[test]
    fn extreme_numbers_are_an_error_and_no_panic() {
        let leaf = leaf_hash(b"");
        let path = vec![EMPTY_ROOT; 70];
        for (index, size) in [(0, u64::MAX), (u64::MAX - 1, u64::MAX), (1 << 63, u64::MAX)] {
            assert!(verify_inclusion(&leaf, index, size, &path, &EMPTY_ROOT).is_err());
            assert!(
                verify_consistency(index.max(1), size, &EMPTY_ROOT, &EMPTY_ROOT, &path).is_err()
            );
        }
    }
}
