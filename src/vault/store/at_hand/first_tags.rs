//! The first tag of each run of terms, kept in memory, so that no statement names a tag that somebody asks for.
//!
//! The server has them in the clear, and they are only a hint here as there: which run a tag is in, or would be, the
//! run itself proves (`exhibits/tag_runs.rs`). Twenty bytes for a run of 311 numbers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const TAG: usize = 16;

/// So many runs are known at once, about 80 MiB of them: those of more than a billion numbers. An exhibit that has more
/// by itself is known alone.
const MOST_RUNS: usize = 1 << 22;

/// Of the runs that one exhibit added, in the order of their first tags. That is the order of their terms too, unless
/// somebody changed a first tag.
pub(in crate::vault::store) struct FirstTags {
    /// The number of each run's first term.
    firsts: Vec<u32>,
    tags: Vec<[u8; TAG]>,
    /// Whether the numbers rise.
    in_order: bool,
}

/// Which runs these are of: a case, the code of a field, and the numbers of the first and the last term that one
/// exhibit added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault::store) struct RunsOf {
    pub(in crate::vault::store) case: i64,
    pub(in crate::vault::store) field: u8,
    pub(in crate::vault::store) ends: (u32, u32),
}

impl FirstTags {
    /// Of each run the number of the first term, and the first tag.
    pub(in crate::vault::store) fn of(mut runs: Vec<(u32, [u8; TAG])>) -> Self {
        runs.sort_unstable_by_key(|(_, tag)| *tag);
        let (firsts, tags): (Vec<u32>, _) = runs.into_iter().unzip();
        Self {
            in_order: firsts.is_sorted(),
            firsts,
            tags,
        }
    }

    /// The number of the first term of the run in which a tag would be. It is the run with the greatest first tag that
    /// is not above the tag, or the last run if all begin above it.
    pub(in crate::vault::store) fn around(&self, tag: &[u8; TAG]) -> Option<u32> {
        let after = self.tags.partition_point(|first| first <= tag);
        let place = after
            .checked_sub(1)
            .or_else(|| self.tags.len().checked_sub(1))?;
        self.firsts.get(place).copied()
    }

    /// The number of the first term of the run that has a term.
    pub(in crate::vault::store) fn begin_of(&self, no: u32) -> Option<u32> {
        if !self.in_order {
            return self
                .firsts
                .iter()
                .copied()
                .filter(|first| *first <= no)
                .max();
        }
        let after = self.firsts.partition_point(|first| *first <= no);
        self.firsts.get(after.checked_sub(1)?).copied()
    }
}

/// Those that were asked for last.
#[derive(Default)]
pub(super) struct KnownFirstTags(Mutex<Vec<Known>>);

struct Known {
    of: RunsOf,
    tags: Arc<FirstTags>,
}

impl KnownFirstTags {
    /// What is asked for goes to the end: those at the front go first when there are too many.
    pub(super) fn find(&self, of: RunsOf) -> Option<Arc<FirstTags>> {
        let mut known = self.lock();
        let at = known.iter().position(|one| one.of == of)?;
        known[at..].rotate_left(1);
        known.last().map(|one| Arc::clone(&one.tags))
    }

    pub(super) fn put(&self, of: RunsOf, tags: &Arc<FirstTags>) {
        let mut known = self.lock();
        known.retain(|one| one.of != of);
        let tags = Arc::clone(tags);
        known.push(Known { of, tags });
        let runs = |known: &[Known]| -> usize { known.iter().map(|one| one.tags.tags.len()).sum() };
        while known.len() > 1 && runs(&known) > MOST_RUNS {
            known.remove(0);
        }
    }

    pub(super) fn forget(&self, of: RunsOf) {
        self.lock().retain(|one| one.of != of);
    }

    pub(super) fn forget_case(&self, case: i64) {
        self.lock().retain(|one| one.of.case != case);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(all: &[(u32, u8)]) -> FirstTags {
        let all = all.iter().map(|(first, tag)| (*first, [*tag; TAG]));
        FirstTags::of(all.collect())
    }

    #[test]
    fn a_tag_is_in_the_run_that_begins_at_it_or_before_and_in_the_last_one_if_none_does() {
        let ring = runs(&[(1, 20), (312, 40), (623, 70)]);
        let around = |tag: u8| ring.around(&[tag; TAG]);
        assert_eq!(
            [20, 39, 40, 69, 70, 255].map(around),
            [1, 1, 312, 312, 623, 623].map(Some)
        );
        assert_eq!([0, 19].map(around), [Some(623); 2]);
        assert_eq!(runs(&[]).around(&[1; TAG]), None);
    }

    #[test]
    fn a_term_is_in_the_run_that_begins_at_it_or_before_whatever_the_first_tags_say() {
        for tags in [[20, 40, 60], [60, 20, 40]] {
            let ring = runs(&[(5, tags[0]), (316, tags[1]), (627, tags[2])]);
            let begin = |no| ring.begin_of(no);
            let all = [4, 5, 315, 316, 9999].map(begin);
            assert_eq!(all, [None, Some(5), Some(5), Some(316), Some(627)]);
            let around = tags.map(|tag| ring.around(&[tag; TAG]));
            assert_eq!(around, [5, 316, 627].map(Some));
        }
    }
}
