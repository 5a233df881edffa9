//! The digests of the parts of the exhibits that were asked for last, in memory.

use std::sync::Arc;

use super::bounded::Bounded;
use crate::vault::store::part_list::{PartDigest, PartList, PartPlace};

/// All digests together take so many bytes. An exhibit that has more by itself is kept alone.
const MOST_BYTES: usize = 40 << 20;

pub(super) struct Lists(Bounded<i64, Listed>);

struct Listed {
    /// The digest over the list.
    digest: [u8; 32],
    list: Arc<PartList>,
}

impl Default for Lists {
    fn default() -> Self {
        Self(Bounded::new(MOST_BYTES))
    }
}

impl Lists {
    pub(super) fn find(&self, exhibit: i64, digest: &[u8; 32]) -> Option<Arc<PartList>> {
        let listed = self.0.find(&exhibit)?;
        (listed.digest == *digest).then(|| Arc::clone(&listed.list))
    }

    /// In the place of an older one of the exhibit.
    pub(super) fn put(&self, exhibit: i64, digest: [u8; 32], list: Arc<PartList>) {
        let bytes = list.len() * size_of::<(PartPlace, PartDigest)>();
        self.0
            .put(exhibit, Arc::new(Listed { digest, list }), bytes);
    }

    pub(super) fn forget(&self, exhibit: i64) {
        self.0.forget(|other| *other == exhibit);
    }
}
