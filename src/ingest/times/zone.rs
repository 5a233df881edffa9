//! The declared zone of times that name none.

use std::str::FromStr;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::domain::invisible::trim;

/// An IANA zone or a fixed offset. The rules of IANA zones are compiled in (`jiff`), so that a
/// file reads the same on every machine.
#[derive(Clone)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// The text is not a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be UTC, an IANA zone such as America/New_York, or an offset such as +05:30")]
pub struct ZoneError;

impl Zone {
    /// `UTC`, the IANA name, or the offset as it was written.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn rules(&self) -> &TimeZone {
        &self.rules
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        let text = trim(text);
        if text.eq_ignore_ascii_case("UTC") || text.eq_ignore_ascii_case("Z") {
            return Ok(Self {
                name: "UTC".to_owned(),
                rules: TimeZone::UTC,
            });
        }
        if text.starts_with(['+', '-']) {
            let seconds = super::iso::offset(text.as_bytes()).ok_or(ZoneError)?;
            let seconds = i32::try_from(seconds).map_err(|_| ZoneError)?;
            let rules = Offset::from_seconds(seconds)
                .map_err(|_| ZoneError)?
                .to_time_zone();
            return Ok(Self {
                name: text.to_owned(),
                rules,
            });
        }
        let rules = TimeZoneDatabase::bundled()
            .get(text)
            .map_err(|_| ZoneError)?;
        let name = rules.iana_name().unwrap_or(text).to_owned();
        Ok(Self { name, rules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_utc_a_name_or_an_offset() {
        for (text, name) in [
            ("UTC", "UTC"),
            ("z", "UTC"),
            ("america/new_york", "America/New_York"),
            ("Europe/London", "Europe/London"),
            ("+05:30", "+05:30"),
            ("-0500", "-0500"),
        ] {
            assert_eq!(
                text.parse::<Zone>().map(|zone| zone.name).ok().as_deref(),
                Some(name)
            );
        }
        for text in ["", "Local", "New York", "+5:3x", "5", "Mars/Olympus"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
