//! Between which times the leaves of each stretch of the log were written, so that a question about a few days reads
//! their leaves and not the whole log.
//!
//! Kept in memory and read from the leaves once, then for new leaves alone; once the whole log had to be verified
//! again, all of it is read again. Times may go back from leaf to leaf, and no leaf of the asked time is left out for
//! that.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::error::StoreError;
use super::leaf_rows;
use super::snapshot::Snapshot;
use crate::domain::Moment;

/// The times of the log's whole stretches.
#[derive(Default)]
pub(crate) struct LeafTimes(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Of which verification of the whole log they are.
    verified: u64,
    /// The earliest and the latest time of each stretch.
    stretches: Vec<(Moment, Moment)>,
}

/// Leaves of a stretch.
const STRETCH: u64 = 1024;

impl LeafTimes {
    /// Where leaves before `size` may have a time at or after `from` and before `to`: the newest place first.
    /// `verified` names the verification of the whole log that the asker goes by.
    pub(crate) fn places(
        &self,
        connection: &Snapshot,
        (size, verified): (u64, u64),
        from: Option<Moment>,
        to: Option<Moment>,
    ) -> Result<Vec<Range<u64>>, StoreError> {
        let whole = size / STRETCH;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.verified != verified {
            *known = Known {
                verified,
                stretches: Vec::new(),
            };
        }
        for no in known.stretches.len() as u64..whole {
            let (first, last) = (no * STRETCH, (no + 1) * STRETCH - 1);
            let times = leaf_rows::times_between(connection, first, last)?;
            let missing = StoreError::inconsistent("leaf::times_between");
            known.stretches.push(times.ok_or(missing)?);
        }
        let wanted = |(earliest, latest): &(Moment, Moment)| {
            from.is_none_or(|from| *latest >= from) && to.is_none_or(|to| *earliest < to)
        };
        let mut places = Vec::new();
        // Nothing is known of the last leaves, which fill no stretch yet.
        if whole * STRETCH < size {
            places.push(whole * STRETCH..size);
        }
        // Those beyond belong to a newer view.
        let until = usize::try_from(whole).unwrap_or(usize::MAX);
        let stretches = known.stretches.iter().enumerate().take(until).rev();
        for (no, _) in stretches.filter(|(_, times)| wanted(times)) {
            let first = no as u64 * STRETCH;
            match places.last_mut() {
                Some(place) if place.start == first + STRETCH => place.start = first,
                _ => places.push(first..first + STRETCH),
            }
        }
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::store::Transaction;
    use crate::vault::store::leaf_rows::NewLeaf;

    fn add(connection: &Transaction, seq: u64, time: i64) {
        let leaf = NewLeaf {
            seq,
            time: Moment::from_seconds(time),
            operator: None,
            case: None,
            object: None,
            action: "record.lookup",
            outcome: "done",
            bytes: b"{}".to_vec(),
        };
        leaf_rows::insert_all(connection, &[leaf]).unwrap();
    }

    fn only(place: Range<u64>) -> Vec<Range<u64>> {
        std::iter::once(place).collect()
    }

    #[test]
    fn the_leaves_of_a_time_are_found_also_where_the_clock_stepped_back() {
        let connection = Transaction::in_memory();
        // A second a leaf, and one leaf in the second stretch that says an earlier time.
        let stretch = i64::try_from(STRETCH).unwrap();
        let time = |seq: i64| if seq == stretch + 7 { 3 } else { seq };
        let size = 3 * stretch + 5;
        for seq in 0..size {
            add(&connection, seq.unsigned_abs(), time(seq));
        }
        let times = LeafTimes::default();
        let places = |size: i64, from: i64, to: i64| {
            let at = |seconds| Some(Moment::from_seconds(seconds));
            let size = size.unsigned_abs();
            times
                .places(&connection, (size, 0), at(from), at(to))
                .unwrap()
        };
        let tail = 3 * STRETCH..size.unsigned_abs();
        // Of the last leaves nothing is known, and they touch the third stretch.
        let late = places(size, 2 * stretch + 1, 2 * stretch + 2);
        assert_eq!(late, only(2 * STRETCH..tail.end));
        let late = places(3 * stretch, 2 * stretch + 1, 2 * stretch + 2);
        assert_eq!(late, only(2 * STRETCH..3 * STRETCH));
        // Two stretches that touch are one place.
        assert_eq!(places(size, 0, 4), [tail, 0..2 * STRETCH][..]);
        // An older view has fewer leaves than are known of.
        assert_eq!(places(stretch, 0, 4), only(0..STRETCH));
        // All that is found is in the places: a count says the same as all leaves do.
        for (from, to) in [(0, 4), (100, 2000), (stretch, size)] {
            let expected = (0..size).filter(|seq| (from..to).contains(&time(*seq)));
            let filter = |place: &Range<u64>| leaf_rows::LeafFilter {
                from: Some(Moment::from_seconds(from)),
                to: Some(Moment::from_seconds(to)),
                since: Some(place.start),
                before: Some(place.end),
                ..leaf_rows::LeafFilter::default()
            };
            let counted = |place: &Range<u64>| -> u64 {
                let hours = leaf_rows::count_by_hour(&connection, &filter(place)).unwrap();
                hours.iter().map(|hour| hour.leaves).sum()
            };
            let found: u64 = places(size, from, to).iter().map(counted).sum();
            assert_eq!(found, expected.count() as u64, "{from}..{to}");
        }
    }
}
