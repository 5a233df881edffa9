//! What a machine keeps at hand of tables that a server has: the first tag of each run of terms, the digests of the
//! parts of exhibits, and the parts themselves, still sealed, on its own disk.
//!
//! All of it is read from the server first, and none of it is trusted more than the server's rows: a run of terms has to
//! prove that a tag is in it or nowhere, a list of digests has to have the digest that the exhibit's description says,
//! and a part the digest that the list says.

mod first_tags;
mod lists;
mod part_cache;
mod segment;

use std::io;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

pub(super) use self::first_tags::FirstTags;
use self::first_tags::KnownFirstTags;
use self::lists::Lists;
use self::part_cache::PartCache;
use super::case_rows::CaseNumber;
use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::part_list::{PartDigest, PartList};
use super::snapshot::Snapshot;
use super::term_rows::Terms;

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

    /// The first tags of the runs that have the terms from one number to another, which one exhibit added.
    pub(super) fn first_tags(
        &self,
        connection: &Snapshot,
        terms: Terms,
        ends: (u32, u32),
    ) -> Result<Arc<FirstTags>, StoreError> {
        self.first_tags.of(connection, terms, ends)
    }

    /// The next one who asks for these reads them anew.
    pub(super) fn forget_first_tags(&self, terms: Terms, ends: (u32, u32)) {
        self.first_tags.forget(terms, ends);
    }

    /// The digests of an exhibit's parts, as its description says that they are together; `None` if the server says
    /// others.
    pub(crate) fn list(
        &self,
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        digest: [u8; 32],
    ) -> Result<Option<Arc<PartList>>, StoreError> {
        if let Some(list) = self.lists.find(exhibit, &digest) {
            return Ok(Some(list));
        }
        let said = connection.session().part_digests(exhibit.0)?;
        let Some(list) = said.map(PartList::of) else {
            return Ok(None);
        };
        if list.digest() != digest {
            return Ok(None);
        }
        if let Some(parts) = &self.parts {
            parts.keep_only(exhibit, &list);
        }
        let list = Arc::new(list);
        self.lists.put(exhibit, digest, Arc::clone(&list));
        Ok(Some(list))
    }

    /// Puts the part with this digest into the buffer; false if it is not here.
    pub(crate) fn part(&self, digest: &PartDigest, into: &mut Zeroizing<Vec<u8>>) -> bool {
        let parts = self.parts.as_ref();
        parts.is_some_and(|parts| parts.read(digest, into))
    }

    /// Keeps a part of an exhibit, if there is room. It must have this digest.
    pub(crate) fn keep_part(&self, exhibit: ExhibitNumber, digest: &PartDigest, sealed: &[u8]) {
        if let Some(parts) = &self.parts {
            parts.keep(exhibit, digest, sealed);
        }
    }

    /// Overwrites all that is kept of an exhibit's parts.
    pub(crate) fn forget_parts(&self, exhibit: ExhibitNumber) {
        self.lists.forget(exhibit);
        if let Some(parts) = &self.parts {
            parts.forget(|other| other == exhibit);
        }
    }

    /// The same for all exhibits but these.
    pub(crate) fn forget_all_but(&self, exhibits: &[ExhibitNumber]) {
        if let Some(parts) = &self.parts {
            parts.forget(|exhibit| !exhibits.contains(&exhibit));
        }
    }

    /// Forgets the first tags of a case.
    pub(crate) fn forget_tags_of(&self, case: CaseNumber) {
        self.first_tags.forget_case(case);
    }
}

#[cfg(test)]
impl AtHand {
    /// Whether the part with this digest is here, for tests.
    pub(crate) fn holds(&self, digest: &PartDigest) -> bool {
        self.part(digest, &mut Zeroizing::default())
    }
}
