//! The zone in which a reader wants times, with UTC beside it.

use std::fmt;

use jiff::Timestamp;
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
        assert_eq!(vienna.show(at).machine(), "2024-03-21T22:34:49Z");
        assert!(Zone::parse("Europe/Atlantis").is_none());
    }
}
