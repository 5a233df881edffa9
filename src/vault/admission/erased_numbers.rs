//! The numbers of a file that were erased from its case before: they are admitted without a number, a tag or a user
//! name, as a new subject that nobody can connect with anybody.
//!
//! Sees numbers and the keys of the case.

use std::collections::HashSet;
use std::sync::Arc;

use crate::vault::entropy::{Entropy, draw};
use crate::vault::error::OperationError;
use crate::vault::exhibits::erasures::Erasures;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Phone, Tag};

/// Which temporary numbers of an admission are erased ones.
pub(super) struct ErasedNumbers {
    list: Arc<Erasures>,
    keys: Arc<CaseKeys>,
    entropy: Arc<dyn Entropy>,
    /// Random keys for the prints of these numbers. They end with the admission, so no stored print can be tried later.
    prints: [u64; 2],
    found: HashSet<u32>,
}

impl ErasedNumbers {
    /// `None` for a case from which nothing was erased.
    pub(super) fn of(
        list: Arc<Erasures>,
        keys: &Arc<CaseKeys>,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Option<Self>, OperationError> {
        if list.is_empty() {
            return Ok(None);
        }
        let word = || draw::<8>(&**entropy).map(u64::from_le_bytes);
        Ok(Some(Self {
            list,
            keys: Arc::clone(keys),
            prints: [word()?, word()?],
            entropy: Arc::clone(entropy),
            found: HashSet::new(),
        }))
    }

    /// Looks at a number that the admission meets for the first time.
    pub(super) fn meet(&mut self, number: u32, phone: &Phone) {
        if self.list.has(&self.keys, phone) {
            self.found.insert(number);
        }
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.found.contains(&number)
    }

    pub(super) fn print_keys(&self) -> [u64; 2] {
        self.prints
    }

    /// A tag that is no number's.
    pub(super) fn tag(&self) -> Option<Tag> {
        draw(&*self.entropy).ok().map(Tag::from_bytes)
    }
}
