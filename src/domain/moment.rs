//! Points in time: whole seconds since 1970-01-01T00:00:00Z.
//!
//! Nothing here reads a clock; callers pass the current time in.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// A point in time, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// The text is not an RFC 3339 time with a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an RFC 3339 time with a zone, such as 2024-03-21T22:34:49Z")]
pub struct MomentError;

impl Moment {
    /// The moment so many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The first whole second at or after an RFC 3339 time. The vault keeps the whole second in which a record was
    /// sent, so all that were sent before the time are kept before this moment.
    pub fn not_before(text: &str) -> Result<Self, MomentError> {
        let time = text.parse::<Timestamp>().map_err(|_| MomentError)?;
        let begun = i64::from(time.subsec_nanosecond() > 0);
        Ok(Self(time.as_second().saturating_add(begun)))
    }

    /// A time, or a day such as `2027-03-21`, which stands for its beginning in UTC.
    pub fn time_or_day(text: &str) -> Result<Self, MomentError> {
        match text.len() {
            10 => format!("{text}T00:00:00Z").parse(),
            _ => text.parse(),
        }
    }

    /// True if both texts are RFC 3339 times and the first is earlier, by whatever fraction.
    pub fn is_earlier(text: &str, than: &str) -> bool {
        let times = [text, than].map(|text| text.parse::<Timestamp>());
        matches!(times, [Ok(first), Ok(second)] if first < second)
    }

    /// The moment so many seconds later.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC: `2024-03-21T22:34:49Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => f.write_str("out-of-range"),
        }
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        text.parse::<Timestamp>()
            .map(|time| Self(time.as_second()))
            .map_err(|_| MomentError)
    }
}

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_prints_and_reads_as_rfc_3339() {
        let moment = Moment::from_seconds(1_711_060_489);
        assert_eq!(moment.to_string(), "2024-03-21T22:34:49Z");
        assert_eq!("2024-03-21T23:34:49+01:00".parse(), Ok(moment));
        assert_eq!("2024-03-21 22:34".parse::<Moment>(), Err(MomentError));
    }

    #[test]
    fn a_day_is_its_beginning() {
        for (text, read) in [
            ("2027-03-21", "2027-03-21T00:00:00Z"),
            ("2027-03-21T01:00:00+01:00", "2027-03-21T00:00:00Z"),
        ] {
            let moment = Moment::time_or_day(text).unwrap();
            assert_eq!(moment.to_string(), read);
        }
        for wrong in ["", "2027-02-30", "21.03.2027", "2027-03-2", "next march"] {
            assert_eq!(Moment::time_or_day(wrong), Err(MomentError), "{wrong}");
        }
    }

    #[test]
    fn a_begun_second_is_not_cut() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000000001Z", 1),
            ("1970-01-01T00:00:00.999Z", 1),
            ("1969-12-31T23:59:59.5Z", 0),
            ("1969-12-31T23:59:58.5Z", -1),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            let moment = Moment::not_before(text).unwrap();
            assert_eq!(moment.seconds(), seconds, "{text}");
        }
        assert_eq!(Moment::not_before("2024-03-10"), Err(MomentError));
    }
}
