//! What a machine keeps at hand of tables that a server has: the first tag of each run of terms, the digests of the
//! parts of exhibits, and the parts themselves, still sealed, on its own disk.
//!
//! All of it is read from the server first, and none of it is trusted more than the server's rows: a run of terms has
//! to prove that a tag is in it or nowhere, a list of digests has to have the digest that the exhibit's description
//! says, and a part the digest that the list says.

mod first_tags;
mod lists;
mod part_cache;
mod segment;

use std::io;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use self::first_tags::KnownFirstTags;
pub(super) use self::first_tags::{FirstTags, RunsOf};
use self::lists::Lists;
use self::part_cache::PartCache;
use super::part_list::{PartDigest, PartList};

/// What is kept, for all connections of this process.
#[derive(Default)]
pub(crate) struct AtHand {
    first_tags: KnownFirstTags,
    lists: Lists,
    parts: Option<PartCache>,
}

impl AtHand {
    /// Keeps parts in a folder of this machine, `most` bytes in all.
    pub(crate) fn with_parts(folder: &Path, most: u64) -> io::Result<Self> {
        Ok(Self {
            parts: Some(PartCache::open(folder, most)?),
            ..Self::default()
        })
    }

    /// Whether parts are kept.
    pub(crate) fn has_parts(&self) -> bool {
        self.parts.is_some()
    }

    /// The first tags of some runs, if they are known.
    pub(super) fn first_tags(&self, of: RunsOf) -> Option<Arc<FirstTags>> {
        self.first_tags.find(of)
    }

    pub(super) fn keep_first_tags(&self, of: RunsOf, tags: &Arc<FirstTags>) {
        self.first_tags.put(of, tags);
    }

    /// The next one who asks for these reads them anew.
    pub(super) fn forget_first_tags(&self, of: RunsOf) {
        self.first_tags.forget(of);
    }

    /// Forgets the first tags of the case with this number.
    pub(crate) fn forget_tags_of(&self, case: i64) {
        self.first_tags.forget_case(case);
    }

    /// The list of an exhibit's parts with this digest, if it is known.
    pub(super) fn list(&self, exhibit: i64, digest: &[u8; 32]) -> Option<Arc<PartList>> {
        self.lists.find(exhibit, digest)
    }

    /// Keeps the list that an exhibit has now; parts that are not in it are overwritten.
    pub(super) fn keep_list(&self, exhibit: i64, digest: [u8; 32], list: &Arc<PartList>) {
        if let Some(parts) = &self.parts {
            parts.keep_only(exhibit, list);
        }
        self.lists.put(exhibit, digest, Arc::clone(list));
    }

    /// Puts the part with this digest into the buffer; false if it is not here.
    pub(crate) fn part(&self, digest: &PartDigest, into: &mut Zeroizing<Vec<u8>>) -> bool {
        let parts = self.parts.as_ref();
        parts.is_some_and(|parts| parts.read(digest, into))
    }

    /// Keeps a part of an exhibit, if there is room. It must have this digest.
    pub(crate) fn keep_part(&self, exhibit: i64, digest: &PartDigest, sealed: &[u8]) {
        if let Some(parts) = &self.parts {
            parts.keep(exhibit, digest, sealed);
        }
    }

    /// Overwrites all that is kept of the parts of the exhibit with this number.
    pub(crate) fn forget_parts(&self, exhibit: i64) {
        self.lists.forget(exhibit);
        if let Some(parts) = &self.parts {
            parts.forget(|other| other == exhibit);
        }
    }

    /// The same for all exhibits but these.
    pub(crate) fn forget_all_but(&self, exhibits: &[i64]) {
        if let Some(parts) = &self.parts {
            parts.forget(|exhibit| !exhibits.contains(&exhibit));
        }
    }
}

#[cfg(test)]
impl AtHand {
    /// Whether the part with this digest is here, for tests.
    pub(crate) fn holds(&self, digest: &PartDigest) -> bool {
        self.part(digest, &mut Zeroizing::default())
    }
}
