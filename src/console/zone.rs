//! The zone in which a reader wants times, with UTC beside it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::domain::Moment;

/// A time zone by its name, such as `Europe/Vienna`.
#[derive(Clone)]
pub struct Zone(TimeZone);

/// A time as it is shown: in the reader's zone, which is named, and in UTC.
pub struct Shown {
    /// For machines, in UTC.
    utc: Moment,
    local: Option<String>,
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    /// The zone of this name; `None` if there is none.
    pub fn parse(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day of a moment in this zone, such as `2024-04-02 (UTC)`.
    pub(super) fn day(&self, at: Moment) -> Option<String> {
        let at = Timestamp::from_second(at.seconds()).ok()?;
        let day = self.0.to_datetime(at).date();
        Some(format!("{day} ({})", self.name()))
    }

    /// The time of day of a moment in this zone.
    pub(super) fn clock(&self, at: Moment) -> Option<String> {
        let at = Timestamp::from_second(at.seconds()).ok()?;
        Some(self.0.to_datetime(at).time().to_string())
    }

    /// The hour and the minute of a moment in this zone, and in UTC beside it: `10:08 Europe/Vienna (09:08 UTC)`.
    pub(super) fn hour(&self, at: Moment) -> String {
        let shown = self.show(at);
        // Behind the day and a space.
        let short = |text: &str| text.get(11..16).unwrap_or_default().to_owned();
        let utc = short(&shown.utc.to_string());
        match &shown.local {
            Some(local) => format!("{} {} ({utc} UTC)", short(local), self.name()),
            None => format!("{utc} UTC"),
        }
    }

    /// The days from the one of `first` to the one of `last`, at most so many.
    pub(super) fn days(&self, first: Moment, last: Moment, most: usize) -> Vec<Date> {
        let day = |at: Moment| {
            let at = Timestamp::from_second(at.seconds()).ok()?;
            Some(self.0.to_datetime(at).date())
        };
        let next = |day: &Date| day.tomorrow().ok();
        let days = std::iter::successors(day(first), next);
        let last = day(last);
        days.take_while(|day| Some(*day) <= last)
            .take(most)
            .collect()
    }

    /// When an hour of a day begins in this zone. Where the clock leaves it out, the time after.
    pub(super) fn begins(&self, day: Date, hour: i8) -> Option<Moment> {
        let at = day.to_datetime(Time::new(hour, 0, 0, 0).ok()?);
        let at = self.0.to_ambiguous_timestamp(at).compatible().ok()?;
        Some(Moment::from_seconds(at.as_second()))
    }

    /// A moment in this zone.
    pub(super) fn show(&self, at: Moment) -> Shown {
        let local = Timestamp::from_second(at.seconds()).ok();
        let local = local.filter(|_| self.name() != "UTC").map(|at| {
            let local = self.0.to_datetime(at).to_string().replace('T', " ");
            format!("{local} {}", self.name())
        });
        Shown { utc: at, local }
    }
}

impl Shown {
    /// `2024-03-21T22:34:49Z`, for the attribute `datetime`.
    pub fn machine(&self) -> String {
        self.utc.to_string()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.utc.to_string();
        let utc = text.trim_end_matches('Z').replace('T', " ");
        match &self.local {
            Some(local) => write!(f, "{local} ({utc} UTC)"),
            None => write!(f, "{utc} UTC"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_its_midnight_in_the_zone() {
        let new_york = Zone::parse("America/New_York").unwrap();
        let at = |text: &str| text.parse::<Moment>().unwrap();
        let (first, last) = (at("2024-03-10T04:30:00Z"), at("2024-03-11T04:30:00Z"));
        let days = new_york.days(first, last, 100);
        let texts: Vec<String> = days.iter().map(Date::to_string).collect();
        assert_eq!(texts, ["2024-03-09", "2024-03-10", "2024-03-11"]);
        let begins = |at: usize, hour| new_york.begins(days[at], hour).unwrap().to_string();
        assert_eq!(begins(1, 0), "2024-03-10T05:00:00Z");
        // The clock goes forward at two.
        assert_eq!(begins(2, 0), "2024-03-11T04:00:00Z");
        assert_eq!(begins(1, 3), "2024-03-10T07:00:00Z");
        assert_eq!(new_york.days(first, last, 2).len(), 2);
        assert!(new_york.days(last, first, 100).is_empty());
    }

    #[test]
    fn every_time_names_its_zone_and_has_utc_beside_it() {
        let at = Moment::from_seconds(1_711_060_489);
        assert_eq!(
            Zone::default().show(at).to_string(),
            "2024-03-21 22:34:49 UTC"
        );
        let vienna = Zone::parse("Europe/Vienna").unwrap();
        assert_eq!(
            vienna.show(at).to_string(),
            "2024-03-21 23:34:49 Europe/Vienna (2024-03-21 22:34:49 UTC)"
        );
        assert_eq!(Zone::default().hour(at), "22:34 UTC");
        assert_eq!(vienna.hour(at), "23:34 Europe/Vienna (22:34 UTC)");
        assert_eq!(vienna.show(at).machine(), "2024-03-21T22:34:49Z");
        assert!(Zone::parse("Europe/Atlantis").is_none());
    }
}
