//! Gives terms their final numbers.

use super::earlier::{Earlier, UNASKED};
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Tag;
use crate::vault::store::Snapshot;

/// A key seals at most so many terms: half of what NIST SP 800-38D allows.
const TERMS_OF_A_KEY: u64 = 1 << 31;

pub(super) struct Numbering {
    /// The final number of each temporary number; 0 if the term is in no admitted row.
    pub(super) last: Vec<u32>,
    /// The terms that are new to the case, ordered by tag. Their numbers follow the visible ones.
    pub(super) new: Vec<(Tag, u32)>,
    /// How many distinct terms the exhibit has.
    pub(super) distinct: u32,
}

impl Numbering {
    /// Numbers the terms that are `used`. New terms are numbered in the order of their tags, so that the file does not
    /// tell who appears early. `known` ends with the last term that was looked up.
    pub(super) fn of(
        terms: usize,
        used: impl Fn(u32) -> bool,
        known: &[u32],
        (connection, keys): (&Snapshot, &CaseKeys),
        earlier: &mut Earlier,
        tag: impl Fn(u32) -> Option<Tag>,
    ) -> Result<Self, OperationError> {
        let mut last = vec![0; terms];
        let (mut new, mut unasked) = (Vec::new(), Vec::new());
        let mut distinct = 0;
        for (temporary, last) in (0..).zip(&mut last) {
            if !used(temporary) {
                continue;
            }
            distinct += 1;
            let known = known.get(temporary as usize).copied().unwrap_or(UNASKED);
            if known != UNASKED && known != 0 {
                *last = known;
                continue;
            }
            let tag = tag(temporary).ok_or(OperationError::Internal("numbering::tag"))?;
            match known {
                UNASKED => unasked.push((tag, temporary)),
                _ => new.push((tag, temporary)),
            }
        }
        earlier.take_known(connection, keys, &mut unasked, |temporary, found| {
            if let Some(last) = last.get_mut(temporary as usize) {
                *last = found;
            }
        })?;
        new.append(&mut unasked);
        if u64::from(earlier.visible()) + new.len() as u64 > TERMS_OF_A_KEY {
            return Err(OperationError::Unreadable {
                kind: "key-used-up",
                explanation: "the case's key has sealed as many terms as it may; open another case"
                    .to_owned(),
            });
        }
        new.sort_unstable();
        for (no, (_, temporary)) in (earlier.visible() + 1..).zip(&new) {
            if let Some(last) = last.get_mut(*temporary as usize) {
                *last = no;
            }
        }
        Ok(Self {
            last,
            new,
            distinct,
        })
    }
}
