//! How many leaves were written in each hour.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use super::audit::LeafQuery;
use crate::domain::Moment;
use crate::policy::Action;
use crate::vault::error::OperationError;
use crate::vault::ledger::verify_all;
use crate::vault::settings::WorkHours;
use crate::vault::store::leaf_rows::{self, LeafFilter};

/// How many leaves one question looks at, at most: the newest of its time. Reading them takes a third of a second or
/// so of one thread.
const MOST: u64 = 500_000;
/// How many days are counted if the question does not say from when, and how many it can ask for.
const DAYS_USUAL: i64 = 7;
const DAYS_MOST: i64 = 31;
const DAY: i64 = 86_400;

/// Leaves by the hour.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeafVolume)]
pub struct VolumeView {
    /// Leaves at or after this time are counted.
    pub from: Moment,
    /// Leaves before this time are counted.
    pub to: Moment,
    /// The hours that have a leaf, oldest first.
    pub hours: Vec<HourView>,
    /// All leaves of these hours.
    pub leaves: u64,
    /// Those of them that were written outside the usual hours.
    pub off_hours: u64,
    /// The usual hours of work.
    pub work_hours: WorkHours,
    /// There were too many leaves: those with a lower number than this one are not counted, so the first hour may not
    /// be whole. Null if all are counted.
    pub not_counted_before: Option<u64>,
}

/// The leaves of one hour.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeafHour)]
pub struct HourView {
    /// When the hour begins.
    pub hour: Moment,
    /// How many leaves were written in it.
    pub leaves: u64,
    /// How many of them record a refusal.
    pub denied: u64,
    /// How many of them record a failure.
    pub failed: u64,
    /// Whether the hour is outside the usual hours of work, which are hours of UTC.
    pub off_hours: bool,
}

impl<A: Action> Scope<'_, A> {
    /// Counts the leaves that match by the hour. It reads the leaves of the asked time only, and of these the newest
    /// half a million.
    ///
    /// # Errors
    ///
    /// `Invalid` if the time is not one of at most 31 days.
    pub fn count_leaves(&mut self, query: &LeafQuery) -> Result<VolumeView, OperationError> {
        // The present second is over after it.
        let to = query.to.unwrap_or_else(|| self.now.plus_seconds(1));
        let usual = to.plus_seconds(-DAYS_USUAL * DAY);
        let from = query.from.unwrap_or(usual);
        if from >= to || to.seconds().saturating_sub(from.seconds()) > DAYS_MOST * DAY {
            let rule = "must be before `to`, and at most 31 days before it";
            return Err(OperationError::invalid("from", rule));
        }
        let verified = verify_all(self.core, self.connection, self.tip, A::KIND)?;
        self.notes.log_verified = Some(verified);
        let times = &self.core.leaf_times;
        let places = times.places(
            self.connection,
            (self.tip.size, verified),
            Some(from),
            Some(to),
        )?;
        let work_hours = self.core.settings.work_hours;
        let (places, not_counted_before) = newest(places, MOST);
        let mut hours: BTreeMap<Moment, HourView> = BTreeMap::new();
        for place in places {
            let filter = LeafFilter {
                from: Some(from),
                to: Some(to),
                since: Some(place.start),
                before: Some(place.end),
                ..query.filter()
            };
            for counted in leaf_rows::count_by_hour(self.connection, &filter)? {
                let hour = hours.entry(counted.hour).or_insert(HourView {
                    hour: counted.hour,
                    leaves: 0,
                    denied: 0,
                    failed: 0,
                    off_hours: !work_hours.cover(counted.hour),
                });
                hour.leaves += counted.leaves;
                hour.denied += counted.denied;
                hour.failed += counted.failed;
            }
        }
        let count = |off: bool| -> u64 {
            let hours = hours.values().filter(|hour| !off || hour.off_hours);
            hours.map(|hour| hour.leaves).sum()
        };
        Ok(VolumeView {
            from,
            to,
            leaves: count(false),
            off_hours: count(true),
            work_hours,
            not_counted_before,
            hours: hours.into_values().collect(),
        })
    }
}

/// The newest `most` leaves of these places, which come newest first, and the first of them if there are more.
fn newest(places: Vec<Range<u64>>, most: u64) -> (Vec<Range<u64>>, Option<u64>) {
    let mut left = most;
    let mut kept: Vec<Range<u64>> = Vec::new();
    for place in places {
        if left == 0 {
            let first = kept.last().map(|last| last.start);
            return (kept, first);
        }
        let start = place.start.max(place.end.saturating_sub(left));
        left -= place.end - start;
        kept.push(start..place.end);
        if start > place.start {
            return (kept, Some(start));
        }
    }
    (kept, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(place: Range<u64>) -> Vec<Range<u64>> {
        std::iter::once(place).collect()
    }

    #[test]
    fn of_too_many_leaves_the_newest_are_counted_and_it_is_said() {
        let places = || vec![90..100, 10..50];
        for (most, kept, cut) in [
            (1000, places(), None),
            (50, places(), None),
            (49, vec![90..100, 11..50], Some(11)),
            (10, only(90..100), Some(90)),
            (4, only(96..100), Some(96)),
        ] {
            assert_eq!(newest(places(), most), (kept, cut), "{most}");
        }
        assert_eq!(newest(Vec::new(), 5), (Vec::new(), None));
    }
}
