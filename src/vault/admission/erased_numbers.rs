//! The numbers of a file that were erased from its case before: they are admitted without a number, a tag or a user
//! name, as a new subject that nobody can connect with anybody. User names of others that have such a number in them
//! are left out too.
//!
//! Sees numbers and the keys of the case.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::has_digits_of_number;
use crate::vault::entropy::{Entropy, draw};
use crate::vault::error::OperationError;
use crate::vault::exhibits::erasures::Erasures;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Phone, RowBatch, Tag};

/// Which temporary numbers of an admission are erased ones.
pub(super) struct ErasedNumbers {
    list: Arc<Erasures>,
    keys: Arc<CaseKeys>,
    entropy: Arc<dyn Entropy>,
    /// Random keys for the prints of these numbers. They end with the admission, so no stored print can be tried later.
    prints: [u64; 2],
    found: HashSet<u32>,
    /// Whether user names have such a number in them, by their prints and the countries of their rows.
    names: HashMap<(u64, [u8; 2]), bool>,
}

/// The largest number of names that are remembered. When it is reached, all are forgotten.
const NAMES: usize = 1 << 20;

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
            names: HashMap::new(),
        }))
    }

    /// Looks at a number that the admission meets for the first time.
    pub(super) fn meet(&mut self, number: u32, phone: &Phone) {
        if self.list.has(&self.keys, phone) {
            self.found.insert(number);
        }
    }

    /// Takes the user names from a batch that have an erased number in them, whoever has them.
    pub(super) fn forget_users(&mut self, batch: &mut RowBatch) {
        let Self {
            list, keys, names, ..
        } = self;
        batch.drop_users(|name, print, country| {
            if !has_digits_of_number(name) {
                return false;
            }
            let letters = country.as_bytes().try_into().unwrap_or_default();
            if names.len() >= NAMES {
                names.clear();
            }
            let found = names.entry((print, letters));
            *found.or_insert_with(|| list.has_cell(keys, name, country))
        });
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
