//! Local time in March 2024: offsets and the clock changes that fall in it.
//!
//! A state or country in several zones is put in the one where most people live.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::domain::words;

words! {
    /// By the name of one of its places in the IANA database.
    pub(super) enum Zone {
        Eastern => "America/New_York",
        Central => "America/Chicago",
        Pacific => "America/Los_Angeles",
        Mountain => "America/Denver",
        Britain => "Europe/London",
        Europe => "Europe/Berlin",
        EasternEurope => "Europe/Helsinki",
        Atlantic => "America/Halifax",
        Newfoundland => "America/St_Johns",
        /// Mountain time all year: Arizona, and Yukon under its own name.
        Arizona => "America/Phoenix",
        /// Central time all year: Saskatchewan, Mexico.
        CentralFixed => "America/Mexico_City",
        Alaska => "America/Anchorage",
        Hawaii => "Pacific/Honolulu",
        Brazil => "America/Sao_Paulo",
        Israel => "Asia/Jerusalem",
        SouthAfrica => "Africa/Johannesburg",
        Gulf => "Asia/Dubai",
        India => "Asia/Kolkata",
        China => "Asia/Shanghai",
        Japan => "Asia/Tokyo",
        Darwin => "Australia/Darwin",
        Adelaide => "Australia/Adelaide",
        Brisbane => "Australia/Brisbane",
        Sydney => "Australia/Sydney",
        NewZealand => "Pacific/Auckland",
    }
}

impl Zone {
    /// Minutes to add to UTC, at so many minutes after 2024-03-01T00:00Z.
    pub(super) fn offset(self, minute: i64) -> i64 {
        let clock = &CLOCKS[self as usize];
        if minute < clock.change {
            clock.offset
        } else {
            clock.changed
        }
    }

    /// How many days the working week starts before Monday.
    pub(super) fn week_starts_early(self) -> i64 {
        i64::from(self == Self::Israel)
    }

    fn clock(self) -> Clock {
        let zone = TimeZoneDatabase::bundled().get(self.as_str());
        let zone = zone.unwrap_or(TimeZone::UTC);
        let offset = i64::from(zone.to_offset(START).seconds() / 60);
        let change = zone.following(START).next();
        Clock {
            offset,
            change: change.as_ref().map_or(i64::MAX, |change| {
                (change.timestamp().as_second() - START.as_second()) / 60
            }),
            changed: change.map_or(offset, |change| i64::from(change.offset().seconds() / 60)),
        }
    }
}

/// How far a zone's clocks are from UTC, in minutes.
struct Clock {
    offset: i64,
    /// The first change after [`START`], in minutes from there.
    change: i64,
    changed: i64,
}

static CLOCKS: LazyLock<[Clock; Zone::ALL.len()]> = LazyLock::new(|| Zone::ALL.map(Zone::clock));

/// 2024-03-01T00:00Z.
const START: Timestamp = Timestamp::constant(1_709_251_200, 0);

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(day: i64, hour: i64) -> i64 {
        ((day - 1) * 24 + hour) * 60
    }

    #[test]
    fn every_zone_is_known_and_changes_its_clocks_at_most_once_in_march() {
        for zone in Zone::ALL {
            let found = TimeZoneDatabase::bundled().get(zone.as_str()).unwrap();
            assert_eq!(START.to_string(), "2024-03-01T00:00:00Z");
            let end = START.as_second() + 31 * 86_400;
            let changes = found.following(START);
            let changes = changes.take_while(|change| change.timestamp().as_second() < end);
            assert!(changes.count() <= 1, "{zone}");
        }
    }

    #[test]
    fn clocks_change_when_they_did_in_march_2024() {
        assert_eq!(Zone::Eastern.offset(at(10, 7) - 1), -300);
        assert_eq!(Zone::Eastern.offset(at(10, 7)), -240);
        assert_eq!(Zone::Pacific.offset(at(10, 10) - 1), -480);
        assert_eq!(Zone::Pacific.offset(at(10, 10)), -420);
        assert_eq!(Zone::Europe.offset(at(31, 1) - 1), 60);
        assert_eq!(Zone::Europe.offset(at(31, 1)), 120);
        assert_eq!(Zone::Israel.offset(at(29, 0)), 180);
        assert_eq!(Zone::Arizona.offset(at(31, 23)), -420);
    }

    #[test]
    fn every_zone_stands_at_its_own_place_in_the_list() {
        for (at, zone) in Zone::ALL.into_iter().enumerate() {
            assert_eq!(zone as usize, at);
        }
    }
}
