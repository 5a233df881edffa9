//! What a machine keeps at hand of tables that a server has: the first tag of each run of terms, the runs that were
//! asked for last, the digests of the parts of exhibits, and the parts themselves, still sealed, on its own disk.
//!
//! All of it is read from the server first, and none of it is trusted more than the server's rows: a run of terms has
//! to prove that a tag is in it or nowhere, a list of digests has to have the digest that the exhibit's description
//! says, and a part the digest that the list says.

mod bounded;
mod first_tags;
mod lists;
mod part_cache;
mod runs;
mod segment;

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zeroize::Zeroizing;

use self::first_tags::KnownFirstTags;
pub(super) use self::first_tags::{FirstTags, RunsOf};
use self::lists::Lists;
use self::part_cache::PartCache;
use self::runs::Runs;
pub(super) use self::runs::{KeptRun, RunAt, RunMark};
use super::part_list::{PartDigest, PartList};

/// What is kept, for all connections of this process.
#[derive(Default)]
pub(crate) struct AtHand {
    first_tags: KnownFirstTags,
    runs: Runs,
    lists: Lists,
    parts: Option<PartCache>,
    /// How often something was forgotten.
    age: AtomicU64,
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

    /// Forgets the first tags and the runs of the case with this number. Called after the commit that changed them.
    pub(crate) fn forget_terms_of(&self, case: i64) {
        self.next_age();
        self.first_tags.forget_case(case);
        self.runs.forget(|at| at.case == case);
    }

    /// The run, if it is known as it is for whoever sees what this mark says.
    pub(super) fn run(&self, at: RunAt, mark: &RunMark) -> Option<Arc<KeptRun>> {
        self.runs.find(at, mark)
    }

    /// Keeps a run that a snapshot of this age shows, unless something was forgotten since.
    pub(super) fn keep_run(&self, (at, age): (RunAt, u64), mark: RunMark, run: &Arc<KeptRun>) {
        self.runs.put(at, mark, run);
        // Whoever forgets counts first, so either of the two takes it away.
        if self.age() != age {
            self.runs.forget(|other| *other == at);
        }
    }

    /// The list of an exhibit's parts with this digest, if it is known.
    pub(super) fn list(&self, exhibit: i64, digest: &[u8; 32]) -> Option<Arc<PartList>> {
        self.lists.find(exhibit, digest)
    }

    /// How often something was forgotten. A snapshot notes it before it begins: what is forgotten later may be what it
    /// still shows, and is not kept then.
    pub(super) fn age(&self) -> u64 {
        self.age.load(Ordering::Acquire)
    }

    fn next_age(&self) -> u64 {
        self.age.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Keeps the list that an exhibit has in a snapshot of this age; parts that are not in it are overwritten.
    pub(super) fn keep_list(
        &self,
        (exhibit, age): (i64, u64),
        digest: [u8; 32],
        list: &Arc<PartList>,
    ) {
        if let Some(parts) = &self.parts {
            parts.keep_only((exhibit, age), list);
        }
        self.lists.put(exhibit, digest, Arc::clone(list));
    }

    /// Puts the part with this digest into the buffer; false if it is not here.
    pub(crate) fn part(&self, digest: &PartDigest, into: &mut Zeroizing<Vec<u8>>) -> bool {
        let parts = self.parts.as_ref();
        parts.is_some_and(|parts| parts.read(digest, into))
    }

    /// Keeps a part of an exhibit that a snapshot of this age shows, if there is room. It must have this digest.
    pub(crate) fn keep_part(&self, of: (i64, u64), digest: &PartDigest, sealed: &[u8]) {
        if let Some(parts) = &self.parts {
            parts.keep(of, digest, sealed);
        }
    }

    /// Overwrites all that is kept of the parts of the exhibit with this number. What cannot be overwritten is not
    /// given out any more, and [`Self::settle`] tries again. Called after the commit that changed them.
    pub(crate) fn forget_parts(&self, exhibit: i64) {
        self.lists.forget(exhibit);
        if let Some(parts) = &self.parts {
            parts.forget(exhibit, self.next_age());
        }
    }

    /// The same for all exhibits but these. Of these, too, nobody with an older snapshot keeps more.
    pub(crate) fn forget_all_but(&self, exhibits: &[i64]) {
        if let Some(parts) = &self.parts {
            parts.forget_all_but(|exhibit| exhibits.contains(&exhibit), self.next_age());
        }
    }

    /// From now on nobody keeps anything whose snapshot began before. Called with a snapshot that has begun.
    pub(crate) fn keep_from_now_on(&self) {
        let age = self.next_age();
        self.runs.forget(|_| true);
        if let Some(parts) = &self.parts {
            parts.forget_all_but(|_| true, age);
        }
    }

    /// Overwrites the parts of an exhibit that are not in the list that it has now.
    pub(crate) fn keep_only(&self, exhibit: i64, list: &PartList) {
        if let Some(parts) = &self.parts {
            parts.keep_only((exhibit, self.age()), list);
        }
    }

    /// The exhibits of which parts are kept.
    pub(crate) fn exhibits(&self) -> HashSet<i64> {
        self.parts
            .as_ref()
            .map(PartCache::exhibits)
            .unwrap_or_default()
    }

    /// Tries again what could not be overwritten. An error says that something is left of it.
    pub(crate) fn settle(&self) -> io::Result<()> {
        self.parts.as_ref().map_or(Ok(()), PartCache::settle)
    }
}

#[cfg(test)]
impl AtHand {
    /// Whether the part with this digest is here, for tests.
    pub(crate) fn holds(&self, digest: &PartDigest) -> bool {
        self.part(digest, &mut Zeroizing::default())
    }
}
