//! Days and hours in a time zone.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::vault::error::OperationError;

/// The offsets of a zone between two times, computed once, because looking up the rules for millions of times is slow.
pub(super) struct LocalTime {
    /// Start time and offset in seconds, in ascending order.
    offsets: Vec<(i64, i64)>,
}

/// The zone of this name. The rules are compiled in, so the answer is the same on every machine.
pub(super) fn zone_of(name: &str) -> Result<TimeZone, OperationError> {
    let unknown = || {
        let rule = "must be a zone of the IANA list, such as Europe/London";
        OperationError::invalid("zone", rule)
    };
    match name {
        "UTC" => Ok(TimeZone::UTC),
        _ if name.len() > 64 => Err(unknown()),
        _ => TimeZoneDatabase::bundled().get(name).map_err(|_| unknown()),
    }
}

impl LocalTime {
    pub(super) fn of(zone: &str, first: i64, last: i64) -> Result<Self, OperationError> {
        let zone = zone_of(zone)?;
        let begin = timestamp(first)?;
        let mut offsets = vec![(i64::MIN, i64::from(zone.to_offset(begin).seconds()))];
        for change in zone.following(begin) {
            if change.timestamp().as_second() > last {
                break;
            }
            let offset = i64::from(change.offset().seconds());
            offsets.push((change.timestamp().as_second(), offset));
        }
        Ok(Self { offsets })
    }

    /// The local time, in seconds.
    pub(super) fn local(&self, seconds: i64) -> i64 {
        let (_, offset) = self
            .offsets
            .iter()
            .rev()
            .find(|(from, _)| *from <= seconds)
            .copied()
            .unwrap_or_default();
        seconds.saturating_add(offset)
    }

    /// The offset of all times from `first` to `last`, if they have the same.
    pub(super) fn offset_throughout(&self, first: i64, last: i64) -> Option<i64> {
        let changes = |(from, _): &&(i64, i64)| *from > first && *from <= last;
        match self.offsets.iter().find(changes) {
            Some(_) => None,
            None => Some(self.local(first).saturating_sub(first)),
        }
    }

    pub(super) fn day(&self, seconds: i64) -> i64 {
        self.local(seconds).div_euclid(DAY)
    }

    pub(super) fn hour(&self, seconds: i64) -> u32 {
        (self.local(seconds).rem_euclid(DAY) / 3600) as u32
    }
}

/// The week of a day, counted from Monday 29 December 1969.
pub(super) fn week_of(day: i64) -> i64 {
    (day + 3).div_euclid(7)
}

/// The Monday of a week.
pub(super) fn monday_of(week: i64) -> i64 {
    week * 7 - 3
}

/// A day as `2024-03-21`.
pub(super) fn day_text(day: i64) -> String {
    let Ok(time) = Timestamp::from_second(day.saturating_mul(DAY)) else {
        return "out-of-range".to_owned();
    };
    Offset::UTC.to_datetime(time).date().to_string()
}

fn timestamp(seconds: i64) -> Result<Timestamp, OperationError> {
    Timestamp::from_second(seconds).map_err(|_| OperationError::Damaged {
        place: "times of an exhibit".to_owned(),
    })
}

pub(super) const DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<crate::domain::Moment>().unwrap().seconds()
    }

    #[test]
    fn days_and_hours_follow_the_clock_change_of_a_zone() {
        let (first, last) = (at("2024-03-01T00:00:00Z"), at("2024-04-01T00:00:00Z"));
        let time = LocalTime::of("America/New_York", first, last).unwrap();
        let before = at("2024-03-10T06:59:59Z");
        assert_eq!(time.hour(before), 1);
        assert_eq!(time.hour(before + 1), 3);
        assert_eq!(day_text(time.day(at("2024-03-10T04:30:00Z"))), "2024-03-09");
        assert_eq!(day_text(time.day(at("2024-03-11T04:30:00Z"))), "2024-03-11");
    }

    #[test]
    fn an_offset_is_the_same_throughout_only_where_no_clock_changes() {
        let (first, last) = (at("2024-03-01T00:00:00Z"), at("2024-04-01T00:00:00Z"));
        let time = LocalTime::of("America/New_York", first, last).unwrap();
        let change = at("2024-03-10T07:00:00Z");
        assert_eq!(time.offset_throughout(first, change - 1), Some(-5 * 3600));
        assert_eq!(time.offset_throughout(first, change), None);
        assert_eq!(time.offset_throughout(change, last), Some(-4 * 3600));
    }

    #[test]
    fn a_week_is_named_by_its_monday() {
        let day = at("2024-03-24T12:00:00Z").div_euclid(DAY);
        assert_eq!(day_text(monday_of(week_of(day))), "2024-03-18");
        assert_eq!(day_text(monday_of(week_of(day + 1))), "2024-03-25");
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        assert!(LocalTime::of("Mars/Olympus", 0, 1).is_err());
    }
}
