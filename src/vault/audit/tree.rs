//! The tree over stored hashes: the position of each hash, the root, and proofs.
//!
//! The layout is that of Go's x/mod/sumdb/tlog: a hash is stored as soon as it is complete, so that
//! hashes are only ever appended. Leaf n is followed by the nodes that it completes, lowest first.

use std::error::Error;

use super::hash::{EMPTY_ROOT, Hash, LeafHash, node_hash};

/// A source of stored hashes.
pub trait Hashes {
    /// Why hashes cannot be read.
    type Error: Error;

    /// The hashes at `positions` (see [`stored_hash_index`]), in that order.
    fn read(&self, positions: &[u64]) -> Result<Vec<Hash>, Self::Error>;

    /// True if the hashes of this level are really stored, and not computed from those below.
    fn keeps_level(&self, _level: u32) -> bool {
        true
    }
}

impl<H: Hashes> Hashes for &H {
    type Error = H::Error;

    fn read(&self, positions: &[u64]) -> Result<Vec<Hash>, Self::Error> {
        (*self).read(positions)
    }

    fn keeps_level(&self, level: u32) -> bool {
        (*self).keeps_level(level)
    }
}

/// Why a root or a proof cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E: Error> {
    /// There is no such leaf or size in a tree of `size` leaves.
    #[error("there is no such leaf or size in a tree of {size} leaves")]
    Range {
        /// The number of leaves in the tree.
        size: u64,
    },
    /// `wanted` stored hashes were requested, but `got` were returned.
    #[error("{wanted} stored hashes were requested, but {got} were returned")]
    Short {
        /// How many were requested.
        wanted: usize,
        /// How many were returned.
        got: usize,
    },
    /// Could not read stored hashes.
    #[error("could not read stored hashes")]
    Read(#[source] E),
}

/// There is no hash at this position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no hash is stored at position {position}")]
pub struct NotStored {
    /// The position that was asked for.
    pub position: u64,
}

/// All stored hashes in memory, in stored order.
impl Hashes for Vec<Hash> {
    type Error = NotStored;

    fn read(&self, positions: &[u64]) -> Result<Vec<Hash>, NotStored> {
        let at = |position: u64| usize::try_from(position).ok().and_then(|at| self.get(at));
        let found = positions
            .iter()
            .map(|&position| at(position).copied().ok_or(NotStored { position }));
        found.collect()
    }
}

/// The root of the tree over the first `size` leaves.
pub fn root<H: Hashes>(size: u64, hashes: &H) -> Result<Hash, TreeError<H::Error>> {
    check(size <= SIZE_MAX, size)?;
    match read_spans(
        &[Span {
            start: 0,
            end: size,
        }],
        hashes,
    )?
    .first()
    {
        Some(root) => Ok(*root),
        None => Ok(EMPTY_ROOT),
    }
}

/// PATH(index, D[0:size]) of RFC 6962 2.1.1, the leaf's sibling first.
pub fn inclusion_proof<H: Hashes>(
    index: u64,
    size: u64,
    hashes: &H,
) -> Result<Vec<Hash>, TreeError<H::Error>> {
    check(index < size && size <= SIZE_MAX, size)?;
    let mut spans = Vec::new();
    let mut at = Span {
        start: 0,
        end: size,
    };
    while at.len() > 1 {
        let (left, right) = at.split();
        if index < right.start {
            spans.push(right);
            at = left;
        } else {
            spans.push(left);
            at = right;
        }
    }
    spans.reverse();
    read_spans(&spans, hashes)
}

/// PROOF(old, D[0:new]) of RFC 6962 2.1.2. Empty when `old` is 0 or `new`.
pub fn consistency_proof<H: Hashes>(
    old: u64,
    new: u64,
    hashes: &H,
) -> Result<Vec<Hash>, TreeError<H::Error>> {
    check(old <= new && new <= SIZE_MAX, new)?;
    if old == 0 {
        return Ok(Vec::new());
    }
    let mut spans = Vec::new();
    let mut at = Span { start: 0, end: new };
    while at.end != old {
        let (left, right) = at.split();
        if old <= right.start {
            spans.push(right);
            at = left;
        } else {
            spans.push(left);
            at = right;
        }
    }
    // A subtree that begins at 0 is the old root, which the verifier already has.
    if at.start != 0 {
        spans.push(at);
    }
    spans.reverse();
    read_spans(&spans, hashes)
}

/// The hashes to append to the store after leaf `index`: its own, then every node it completes.
/// [`super::Frontier`] computes the same without a reader.
pub fn hashes_to_store<H: Hashes>(
    index: u64,
    leaf: LeafHash,
    hashes: &H,
) -> Result<Vec<Hash>, TreeError<H::Error>> {
    check(index < SIZE_MAX, index)?;
    let left: Vec<u64> = (0..index.trailing_ones())
        .map(|level| stored_hash_index(level, (index >> level) - 1))
        .collect();
    let mut complete = vec![*leaf.as_hash()];
    let mut node = *leaf.as_hash();
    for sibling in read_all(&left, hashes)? {
        node = node_hash(&sibling, &node);
        complete.push(node);
    }
    Ok(complete)
}

/// The position at which the hash of node `n` of `level` is stored; level 0 is the leaves.
///
/// The node is complete with leaf ((n + 1) << level) - 1. Before a leaf m there are m leaves and,
/// for each of them, the nodes it completed: 2m - popcount(m) in all.
pub fn stored_hash_index(level: u32, n: u64) -> u64 {
    let last = (n << level) | ((1 << level) - 1);
    stored_hash_count(last) + u64::from(level)
}

/// How many hashes are stored for a tree of `size` leaves.
pub fn stored_hash_count(size: u64) -> u64 {
    size + (size - u64::from(size.count_ones()))
}

/// The level and number of the hash at `position`: the inverse of [`stored_hash_index`].
pub fn stored_hash_place(position: u64) -> (u32, u64) {
    // Leaf m is at 2m - popcount(m), so m lies between position/2 and that + 32.
    let mut leaf = position / 2;
    while stored_hash_count(leaf + 1) <= position {
        leaf += 1;
    }
    let above = position - stored_hash_count(leaf);
    let level = u32::try_from(above).unwrap_or(u32::MAX).min(63);
    (level, leaf >> level)
}

/// Leaves `start..end`; always a subtree or the right edge of a tree.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
}

impl Span {
    fn len(self) -> u64 {
        self.end - self.start
    }

    /// Splits at the largest power of two smaller than the length, which is at least 2.
    fn split(self) -> (Self, Self) {
        let middle = self.start + (1 << (self.len() - 1).ilog2());
        (
            Self {
                start: self.start,
                end: middle,
            },
            Self {
                start: middle,
                end: self.end,
            },
        )
    }

    /// The positions of its complete subtrees, largest (leftmost) first.
    fn positions(self) -> impl Iterator<Item = u64> {
        let mut start = self.start;
        std::iter::from_fn(move || {
            let level = (self.end - start).checked_ilog2()?;
            let position = stored_hash_index(level, start >> level);
            start += 1 << level;
            Some(position)
        })
    }
}

/// The hash of each span that is not empty, from a single read.
fn read_spans<H: Hashes>(spans: &[Span], hashes: &H) -> Result<Vec<Hash>, TreeError<H::Error>> {
    let positions: Vec<u64> = spans.iter().flat_map(|span| span.positions()).collect();
    let read = read_all(&positions, hashes)?;
    let mut rest = read.as_slice();
    let mut joined = Vec::with_capacity(spans.len());
    for span in spans {
        let (parts, others) = rest.split_at(span.positions().count());
        rest = others;
        joined.extend(join(parts));
    }
    Ok(joined)
}

/// One hash over complete subtrees of decreasing size: the right edge is folded from the right.
pub(super) fn join(parts: &[Hash]) -> Option<Hash> {
    parts
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right))
}

fn read_all<H: Hashes>(positions: &[u64], hashes: &H) -> Result<Vec<Hash>, TreeError<H::Error>> {
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let read = hashes.read(positions).map_err(TreeError::Read)?;
    if read.len() != positions.len() {
        return Err(TreeError::Short {
            wanted: positions.len(),
            got: read.len(),
        });
    }
    Ok(read)
}

fn check<E: Error>(fits: bool, size: u64) -> Result<(), TreeError<E>> {
    if fits {
        Ok(())
    } else {
        Err(TreeError::Range { size })
    }
}

/// The most leaves a tree here may have, so that no position overflows.
pub const SIZE_MAX: u64 = 1 << 53;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::audit::frontier::Frontier;
    use crate::vault::audit::hash::leaf_hash;

    #[test]
    fn stored_positions_are_dense_and_read_back() {
        let mut next = 0;
        for leaf in 0_u64..2_000 {
            for level in 0..=leaf.trailing_ones() {
                assert_eq!(stored_hash_index(level, leaf >> level), next);
                assert_eq!(stored_hash_place(next), (level, leaf >> level));
                next += 1;
            }
            assert_eq!(stored_hash_count(leaf + 1), next);
        }
    }

    #[test]
    fn the_largest_tree_has_positions_too() {
        assert_eq!(
            stored_hash_place(stored_hash_index(0, SIZE_MAX)),
            (0, SIZE_MAX)
        );
        assert_eq!(stored_hash_place(stored_hash_index(53, 0)), (53, 0));
    }

    #[test]
    fn the_store_grown_by_reading_equals_the_one_grown_at_the_frontier() {
        let mut read: Vec<Hash> = Vec::new();
        let mut grown = Vec::new();
        let mut frontier = Frontier::new();
        for index in 0..600_u64 {
            let leaf = leaf_hash(&index.to_be_bytes());
            let more = hashes_to_store(index, leaf, &read).unwrap();
            read.extend(more);
            frontier.append_storing(leaf, &mut grown);
            assert_eq!(root(index + 1, &read).unwrap(), frontier.root());
        }
        assert_eq!(read, grown);
    }

    #[test]
    fn what_is_outside_the_tree_has_no_proof() {
        let none: Vec<Hash> = Vec::new();
        assert!(matches!(
            inclusion_proof(3, 3, &none),
            Err(TreeError::Range { size: 3 })
        ));
        assert!(matches!(
            consistency_proof(4, 3, &none),
            Err(TreeError::Range { size: 3 })
        ));
        assert!(matches!(
            root(SIZE_MAX + 1, &none),
            Err(TreeError::Range { .. })
        ));
        assert!(matches!(
            root(1, &none),
            Err(TreeError::Read(NotStored { position: 0 }))
        ));
        assert_eq!(root(0, &none).unwrap(), EMPTY_ROOT);
    }
}
