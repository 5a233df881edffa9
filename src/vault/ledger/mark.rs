//! The high-water mark: how far the log had come, in a file of its own.
//!
//! It has the size and the root of a log that was durable when the mark was written, sealed under a
//! key of the keyring. It is written after the commit, before the answer of an act that ends or gives rights or gives
//! something out (`draft.rs` has the list); for other acts it follows within a minute or a hundred points. So a mark
//! behind the log is normal, and no crash can lock the vault. A log behind the mark, or one with another root at
//! the mark's size, was put back, and so was a log whose mark is missing.
//! Not promised: that mark, keyring and database put back together are found. A kept checkpoint
//! finds that.
//! It also says with which keyring it was written, and how many slots that one had: a restore reads this, so that a
//! keyring of before the vault had two slots does not do away with the second holder.

use std::fs;
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use crate::vault::audit::{Hash, Tip};
use crate::vault::entropy::Entropy;
use crate::vault::keyring::{Keyring, KeyringError, replace_file};
use crate::vault::paths::Paths;
use crate::vault::plaintext::{Aad, Nonce};

/// How long a commit may stay above the mark.
pub(super) const MARK_EVERY: Duration = Duration::from_secs(60);
/// How many points may be charged above the mark.
const MARK_POINTS: u64 = 100;

/// The log is not the one that the mark was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkFault {
    /// There is no mark: it was removed, or files were put back.
    #[error("the high-water mark is missing: the vault's files were put back or removed")]
    Missing,
    /// The file cannot be read.
    #[error("the high-water mark could not be read: {0}")]
    Unreadable(io::ErrorKind),
    /// It was sealed by another vault, or changed.
    #[error("the high-water mark is not this vault's")]
    Foreign,
    /// The log is shorter than it was.
    #[error("the log ends at leaf {log}, and it had {mark}: it was rolled back")]
    Behind {
        /// How many leaves it has.
        log: u64,
        /// How many it had.
        mark: u64,
    },
    /// The log has another root at the size of the mark.
    #[error("the log is another one than the high-water mark was written for: it was rolled back")]
    Beside,
    /// The hashes of the tree do not give a root.
    #[error("the tree's hashes are incomplete")]
    Tree,
}

/// What a mark says.
#[derive(Debug, Clone, Copy)]
pub(in crate::vault) struct Mark {
    /// How far the log had come.
    pub(in crate::vault) tip: Tip,
    /// The generation of the keyring that it was written with.
    pub(in crate::vault) generation: u64,
    /// How many slots that keyring had.
    pub(in crate::vault) slots: u8,
}

/// When the mark is written next.
pub(super) struct Marking {
    /// The size that the file has, and when it was written.
    size: u64,
    at: Instant,
    /// The points charged until then.
    points: u64,
    /// Whether the commit under way must not become known above the mark.
    urgent: bool,
}

impl Marking {
    pub(super) fn new() -> Self {
        Self {
            size: 0,
            at: Instant::now(),
            points: 0,
            urgent: true,
        }
    }

    /// The commit under way must not be answered above the mark.
    pub(super) fn hurry(&mut self) {
        self.urgent = true;
    }

    pub(super) fn is_due(&self, points: u64) -> bool {
        let charged = points.saturating_sub(self.points);
        self.urgent || charged >= MARK_POINTS || self.at.elapsed() >= MARK_EVERY
    }

    /// Whether the log has grown since.
    pub(super) fn is_behind(&self, size: u64) -> bool {
        self.size < size
    }

    pub(super) fn written(&mut self, size: u64, points: u64) {
        *self = Self {
            size,
            at: Instant::now(),
            points,
            urgent: false,
        };
    }
}

/// Writes the mark, durably.
pub(in crate::vault) fn write(
    paths: &Paths,
    keyring: &Keyring,
    entropy: &dyn Entropy,
    end: Tip,
) -> Result<(), KeyringError> {
    let mut plain = Vec::with_capacity(49);
    plain.extend_from_slice(&end.size.to_be_bytes());
    plain.extend_from_slice(end.root.as_bytes());
    plain.extend_from_slice(&keyring.generation().to_be_bytes());
    plain.push(keyring.slots());
    let sealed = keyring
        .root_keys()
        .high_water_mark()
        .seal(
            Nonce::draw(entropy)?,
            &Aad::high_water_mark(keyring.vault()),
            &plain,
        )
        .map_err(|_| KeyringError::NoKey)?;
    Ok(replace_file(&paths.high_water_mark(), &sealed)?)
}

/// Compares a log with the mark; `root_at` computes the log's root at a smaller size. The log must
/// have been read after the mark or be at rest.
pub(in crate::vault) fn verify(
    mark: Tip,
    size: u64,
    root_at: impl FnOnce(u64) -> Option<Hash>,
) -> Result<(), MarkFault> {
    if size < mark.size {
        return Err(MarkFault::Behind {
            log: size,
            mark: mark.size,
        });
    }
    match root_at(mark.size) {
        Some(root) if root == mark.root => Ok(()),
        Some(_) => Err(MarkFault::Beside),
        None => Err(MarkFault::Tree),
    }
}

/// Reads the mark.
pub(in crate::vault) fn read(paths: &Paths, keyring: &Keyring) -> Result<Mark, MarkFault> {
    let sealed = fs::read(paths.high_water_mark()).map_err(|error| match error.kind() {
        ErrorKind::NotFound => MarkFault::Missing,
        kind => MarkFault::Unreadable(kind),
    })?;
    let plain = keyring
        .root_keys()
        .high_water_mark()
        .open(&Aad::high_water_mark(keyring.vault()), &sealed)
        .map_err(|_| MarkFault::Foreign)?;
    parse(&plain).ok_or(MarkFault::Foreign)
}

fn parse(plain: &[u8]) -> Option<Mark> {
    let (size, rest) = plain.split_first_chunk::<8>()?;
    let (root, rest) = rest.split_first_chunk::<32>()?;
    let (generation, rest) = rest.split_first_chunk::<8>()?;
    let &[slots] = rest else { return None };
    Some(Mark {
        tip: Tip {
            size: u64::from_be_bytes(*size),
            root: Hash::from_bytes(*root),
        },
        generation: u64::from_be_bytes(*generation),
        slots,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(size: u64, root: u8) -> Tip {
        Tip {
            size,
            root: Hash::from_bytes([root; 32]),
        }
    }

    #[test]
    fn a_mark_behind_the_log_is_normal_and_a_log_behind_or_beside_it_is_not() {
        let root_at = |size: u64| Some(Hash::from_bytes([size as u8; 32]));
        assert_eq!(verify(mark(3, 3), 9, root_at), Ok(()));
        assert_eq!(verify(mark(9, 9), 9, root_at), Ok(()));
        let behind = MarkFault::Behind { log: 8, mark: 9 };
        assert_eq!(verify(mark(9, 9), 8, root_at), Err(behind));
        assert_eq!(verify(mark(3, 4), 9, root_at), Err(MarkFault::Beside));
    }

    #[test]
    fn a_mark_of_another_length_is_none() {
        let sevens = u64::from_be_bytes([7; 8]);
        let read = parse(&[7; 49]).unwrap();
        assert_eq!(
            (read.tip.size, read.generation, read.slots),
            (sevens, sevens, 7)
        );
        assert_eq!(read.tip.root, Hash::from_bytes([7; 32]));
        for length in (0..49).chain([50, 98]) {
            assert!(parse(&vec![7; length]).is_none(), "{length}");
        }
    }

    #[test]
    fn a_mark_is_due_after_a_hundred_points_or_when_something_goes_out() {
        let mut marking = Marking::new();
        assert!(marking.is_due(0));
        marking.written(5, 10);
        assert!(!marking.is_due(109) && marking.is_due(110));
        assert!(!marking.is_behind(5) && marking.is_behind(6));
        marking.hurry();
        assert!(marking.is_due(10));
    }
}
