//! The digests of the parts of the exhibits that were asked for last, in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::vault::store::part_list::PartList;

/// The digests of so many parts are kept, about 40 MiB of them. An exhibit that has more by itself is kept alone.
const MOST_PARTS: usize = 1 << 20;

#[derive(Default)]
pub(super) struct Lists(Mutex<Vec<Listed>>);

struct Listed {
    exhibit: i64,
    /// The digest over the list.
    digest: [u8; 32],
    list: Arc<PartList>,
}

impl Lists {
    /// What is asked for goes to the end: those at the front go first when there are too many.
    pub(super) fn find(&self, exhibit: i64, digest: &[u8; 32]) -> Option<Arc<PartList>> {
        let mut all = self.lock();
        let is_it = |one: &Listed| one.exhibit == exhibit && one.digest == *digest;
        let at = all.iter().position(is_it)?;
        all[at..].rotate_left(1);
        all.last().map(|one| Arc::clone(&one.list))
    }

    /// In the place of an older one of the exhibit.
    pub(super) fn put(&self, exhibit: i64, digest: [u8; 32], list: Arc<PartList>) {
        let mut all = self.lock();
        all.retain(|one| one.exhibit != exhibit);
        all.push(Listed {
            exhibit,
            digest,
            list,
        });
        let parts = |all: &[Listed]| -> usize { all.iter().map(|one| one.list.len()).sum() };
        while all.len() > 1 && parts(&all) > MOST_PARTS {
            all.remove(0);
        }
    }

    pub(super) fn forget(&self, exhibit: i64) {
        self.lock().retain(|one| one.exhibit != exhibit);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Listed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
