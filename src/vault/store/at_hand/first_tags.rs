//! The first tag of each run of terms, kept in memory, so that no statement names a tag that somebody asks for.
//!
//! The server has them in the clear, and they are only a hint here as there: which run a tag is in, or would be, the run
//! itself proves (`exhibits/tag_runs.rs`). Twenty bytes for a run of 311 numbers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::error::StoreError;
use crate::vault::store::snapshot::Snapshot;
use crate::vault::store::term_rows::Terms;
use crate::vault::store::value::values;

const TAG: usize = 16;

/// So many runs are known at once, about 80 MiB of them: those of more than a billion numbers. An exhibit that has more
/// by itself is known alone.
const MOST_RUNS: usize = 1 << 22;

const READ: &str = "-- term_run::first_tags
    SELECT first, first_tag FROM term_run
    WHERE case_number = ?1 AND field = ?2 AND first BETWEEN ?3 AND ?4 ORDER BY first";

/// Of the runs that one exhibit added, in the order of their terms.
pub(in crate::vault::store) struct FirstTags {
    /// The number of each run's first term.
    firsts: Vec<u32>,
    tags: Vec<[u8; TAG]>,
}

impl FirstTags {
    /// Of the runs with the terms from one number to another.
    pub(in crate::vault::store) fn read(
        connection: &Snapshot,
        Terms { case, field }: Terms,
        (first, last): (u32, u32),
    ) -> Result<Self, StoreError> {
        let (mut firsts, mut tags) = (Vec::new(), Vec::new());
        let values = values![case.0, field.code(), first, last];
        connection.each("term_run::first_tags", READ, values, |row| {
            firsts.push(row.get(0)?);
            tags.push(row.get(1)?);
            Ok(())
        })?;
        Ok(Self { firsts, tags })
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
        let after = self.firsts.partition_point(|first| *first <= no);
        self.firsts.get(after.checked_sub(1)?).copied()
    }
}

/// Those that were asked for last.
#[derive(Default)]
pub(super) struct KnownFirstTags(Mutex<Vec<Known>>);

struct Known {
    case: CaseNumber,
    field: u8,
    ends: (u32, u32),
    tags: Arc<FirstTags>,
}

impl Known {
    fn is_of(&self, Terms { case, field }: Terms, ends: (u32, u32)) -> bool {
        self.case == case && self.field == field.code() && self.ends == ends
    }
}

impl KnownFirstTags {
    pub(super) fn of(
        &self,
        connection: &Snapshot,
        terms: Terms,
        ends: (u32, u32),
    ) -> Result<Arc<FirstTags>, StoreError> {
        if let Some(tags) = self.find(terms, ends) {
            return Ok(tags);
        }
        // Without the lock: others need not wait for it.
        let tags = Arc::new(FirstTags::read(connection, terms, ends)?);
        self.forget(terms, ends);
        let mut known = self.lock();
        known.push(Known {
            case: terms.case,
            field: terms.field.code(),
            ends,
            tags: Arc::clone(&tags),
        });
        let runs = |known: &[Known]| -> usize { known.iter().map(|one| one.tags.tags.len()).sum() };
        while known.len() > 1 && runs(&known) > MOST_RUNS {
            known.remove(0);
        }
        Ok(tags)
    }

    /// What is asked for goes to the end: those at the front go first when there are too many.
    fn find(&self, terms: Terms, ends: (u32, u32)) -> Option<Arc<FirstTags>> {
        let mut known = self.lock();
        let at = known.iter().position(|one| one.is_of(terms, ends))?;
        known[at..].rotate_left(1);
        known.last().map(|one| Arc::clone(&one.tags))
    }

    pub(super) fn forget(&self, terms: Terms, ends: (u32, u32)) {
        self.lock().retain(|one| !one.is_of(terms, ends));
    }

    pub(super) fn forget_case(&self, case: CaseNumber) {
        self.lock().retain(|one| one.case != case);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(all: &[(u32, u8)]) -> FirstTags {
        FirstTags {
            firsts: all.iter().map(|(first, _)| *first).collect(),
            tags: all.iter().map(|(_, tag)| [*tag; TAG]).collect(),
        }
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
    fn a_term_is_in_the_run_that_begins_at_it_or_before() {
        let ring = runs(&[(5, 20), (316, 40)]);
        let begin = |no| ring.begin_of(no);
        assert_eq!(
            [4, 5, 315, 316, 9999].map(begin),
            [None, Some(5), Some(5), Some(316), Some(316)]
        );
    }
}
