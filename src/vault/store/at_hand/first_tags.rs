//! The first tag of each run of terms, kept in memory, so that no statement names a tag that somebody asks for.
//!
//! The server has them in the clear, and they are only a hint here as there: which run a tag is in, or would be, the
//! run itself proves (`exhibits/tag_runs.rs`). Twenty bytes for a run of 311 numbers.

use std::sync::Arc;

use super::bounded::Bounded;

const TAG: usize = 16;

/// All together take so many bytes: the runs of more than a billion numbers. An exhibit that has more by itself is
/// known alone.
const MOST_BYTES: usize = 80 << 20;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

    fn bytes(&self) -> usize {
        self.firsts.capacity() * size_of::<u32>() + self.tags.capacity() * TAG
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

/// Those that were asked for.
pub(super) struct KnownFirstTags(Bounded<RunsOf, FirstTags>);

impl Default for KnownFirstTags {
    fn default() -> Self {
        Self(Bounded::new(MOST_BYTES))
    }
}

impl KnownFirstTags {
    pub(super) fn find(&self, of: RunsOf) -> Option<Arc<FirstTags>> {
        self.0.find(&of)
    }

    pub(super) fn put(&self, of: RunsOf, tags: &Arc<FirstTags>) {
        self.0.put(of, Arc::clone(tags), tags.bytes());
    }

    pub(super) fn forget_case(&self, case: i64) {
        self.0.forget(|other| other.case == case);
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
    fn a_case_that_has_more_exhibits_than_there_is_room_for_is_still_known_in_part() {
        let of = |no: u32| RunsOf {
            case: 1,
            field: 1,
            ends: (no, no),
        };
        let tags = Arc::new(runs(&[(1, 20), (312, 40), (623, 70)]));
        // Room for about 80 of them.
        let known = KnownFirstTags(Bounded::new(80 * (tags.bytes() + 160)));
        let mut found = 0;
        for _ in 0..20 {
            for no in 0..100 {
                match known.find(of(no)) {
                    Some(_) => found += 1,
                    None => known.put(of(no), &tags),
                }
            }
        }
        assert!(found > 500, "{found} of 2000");
        known.forget_case(1);
        assert!((0..100).all(|no| known.find(of(no)).is_none()));
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
