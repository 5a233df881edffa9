//! Times of messages: RFC 3339 and its relatives, RFC 2822, seconds
//! and milliseconds since 1970.
//!
//! A local time is read with the declared zone or not at all, and a local time
//! that did not exist or existed twice is nobody's to choose.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::{AmbiguousOffset, Offset};

use super::shape::Reads;
use super::time_form::{Found, TimeForm, find};
use super::zone::Zone;
use crate::domain::Moment;
use crate::vault::plaintext::{Basis, RejectKind};

/// Reads times, with the declared zone if there is one.
pub(super) struct Times {
    zone: Option<Zone>,
    form: TimeForm,
    steady: Steady,
}

/// Why a time could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// The time is fine, but it is a local time of an unknown place.
    ZoneNeeded,
    Unreadable(RejectKind),
}

/// A stretch of local time with one offset, a day away from any change.
#[derive(Default)]
struct Steady {
    from: i64,
    to: i64,
    offset: i64,
}

impl Times {
    /// `form` is how a mapping says that texts are written.
    pub(super) fn new(zone: Option<Zone>, form: TimeForm) -> Self {
        Self {
            zone,
            form,
            steady: Steady::default(),
        }
    }

    pub(super) fn read(&mut self, text: &str, reads: Reads) -> Result<(Moment, Basis), TimeFault> {
        let bad = TimeFault::Unreadable(RejectKind::BadTime);
        let found = match (reads, &self.form) {
            (Reads::EpochSeconds, _) => epoch(text).map(Found::Moment),
            (Reads::EpochMillis, _) => {
                epoch(text).map(|millis| Found::Moment(millis.div_euclid(1000)))
            }
            (_, TimeForm::Rfc3339) => iso_time(text),
            (_, TimeForm::Rfc2822) => mail(text).map(Found::Moment),
            (_, TimeForm::Pattern(pattern)) => find(pattern, text),
            _ => iso_time(text).or_else(|| rarer(text).map(Found::Moment)),
        };
        let (seconds, basis) = match found.ok_or(bad)? {
            Found::Moment(seconds) => (seconds, Basis::InRecord),
            Found::Local(local) => (self.resolve(local)?, Basis::Declared),
        };
        if !PLAUSIBLE.contains(&seconds) {
            return Err(bad);
        }
        Ok((Moment::from_seconds(seconds), basis))
    }

    fn resolve(&mut self, local: i64) -> Result<i64, TimeFault> {
        if (self.steady.from..self.steady.to).contains(&local) {
            return Ok(local - self.steady.offset);
        }
        let zone = self.zone.as_ref().ok_or(TimeFault::ZoneNeeded)?.rules();
        let bad = TimeFault::Unreadable(RejectKind::BadTime);
        let clock = Timestamp::from_second(local).map_err(|_| bad)?;
        let clock = Offset::UTC.to_datetime(clock);
        let offset = match zone.to_ambiguous_timestamp(clock).offset() {
            AmbiguousOffset::Unambiguous { offset } => i64::from(offset.seconds()),
            AmbiguousOffset::Gap { .. } => {
                return Err(TimeFault::Unreadable(RejectKind::TimeDoesNotExist));
            }
            AmbiguousOffset::Fold { .. } => {
                return Err(TimeFault::Unreadable(RejectKind::TimeIsAmbiguous));
            }
        };
        let seconds = local - offset;
        // The changes around this moment, one at this very second included.
        let after = Timestamp::from_second(seconds + 1).map_err(|_| bad)?;
        let at = Timestamp::from_second(seconds).map_err(|_| bad)?;
        let before = zone
            .preceding(after)
            .next()
            .map(|change| change.timestamp().as_second());
        let next = zone
            .following(at)
            .next()
            .map(|change| change.timestamp().as_second());
        self.steady = Steady {
            from: before.map_or(seconds, |change| change + DAY) + offset,
            to: next.map_or(seconds + DAY, |change| change - DAY) + offset,
            offset,
        };
        Ok(seconds)
    }
}

/// `+05:30`, `+0530` or `+05`, in seconds.
pub(super) fn offset(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [a, b] => (two(*a, *b)?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (two(*a, *b)?, two(*c, *d)?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

/// `2024-03-21T22:34:49.5+00:00` by hand: a space for the T, no seconds, any
/// fraction (dropped), any or no offset. Local seconds, and the offset.
fn iso(text: &[u8]) -> Option<(i64, Option<i64>)> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        rest @ ..,
    ] = text
    else {
        return None;
    };
    let [h1, h2, b':', n1, n2, rest @ ..] = rest else {
        return None;
    };
    let (second, rest) = match rest {
        [b':', s1, s2, rest @ ..] => (two(*s1, *s2)?, rest),
        _ => (0, rest),
    };
    let year = two(*y1, *y2)? * 100 + two(*y3, *y4)?;
    let (month, day) = (two(*m1, *m2)?, two(*d1, *d2)?);
    let (hour, minute) = (two(*h1, *h2)?, two(*n1, *n2)?);
    let real = day >= 1 && day <= days_in(year, month)? && hour <= 23 && minute <= 59;
    if !real || second > 60 {
        return None;
    }
    // A leap second is the last second of its minute (RFC 3339, appendix D).
    let clock = hour * 3600 + minute * 60 + second.min(59);
    let offset = match without_fraction(rest)? {
        [] => None,
        [b'Z' | b'z'] | b" UTC" | b" GMT" | b" Z" => Some(0),
        [b' ', rest @ ..] | rest => Some(offset(rest)?),
    };
    Some((days_from_epoch(year, month, day) * DAY + clock, offset))
}

fn without_fraction(text: &[u8]) -> Option<&[u8]> {
    let [b'.' | b',', rest @ ..] = text else {
        return Some(text);
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    rest.get(digits..).filter(|_| digits > 0)
}

fn iso_time(text: &str) -> Option<Found> {
    let (local, offset) = iso(text.as_bytes())?;
    Some(offset.map_or(Found::Local(local), |offset| Found::Moment(local - offset)))
}

/// RFC 2822, and what else of ISO 8601 names its zone.
fn rarer(text: &str) -> Option<i64> {
    let other = || Some(text.parse::<Timestamp>().ok()?.as_second());
    mail(text).or_else(other)
}

fn mail(text: &str) -> Option<i64> {
    let time = rfc2822::DateTimeParser::new().parse_timestamp(text);
    Some(time.ok()?.as_second())
}

fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction)).then(|| whole.parse().ok())?
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn days_in(year: i64, month: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar: a year is counted from
/// March, so that the leap day is its last.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let before_month = (153 * month + 2) / 5;
    year * 365 + leaps + before_month + day - 1 - 719_468
}

const DAY: i64 = 86_400;
/// 1990-01-01 to the end of 2100, UTC.
const PLAUSIBLE: std::ops::Range<i64> = 631_152_000..4_133_980_800;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, zone: Option<&str>) -> Result<(String, Basis), TimeFault> {
        let mut times = Times::new(zone.map(|zone| zone.parse().unwrap()), TimeForm::Any);
        times
            .read(text, Reads::Text)
            .map(|(moment, basis)| (moment.to_string(), basis))
    }

    const BAD: Result<(String, Basis), TimeFault> = Err(TimeFault::Unreadable(RejectKind::BadTime));

    #[test]
    fn times_with_a_zone_are_read_in_every_spelling() {
        for text in [
            "2024-03-21T22:34:49Z",
            "2024-03-21t22:34:49z",
            "2024-03-21 22:34:49.558Z",
            "2024-03-21T22:34:49,5+00:00",
            "2024-03-21T22:34:49.466370123456+0000",
            "2024-03-22 04:04:49.24405+05:30",
            "2024-03-21T17:34:49-05",
            "2024-03-21 22:34:49 UTC",
            "2024-03-21 22:34:49 +0000",
            "20240321T223449Z",
            "2024-03-22 04:04:49+05:30",
            "2024-03-21T22:34:49+0000",
            "2024-03-21 22:34:49.24405+00:00",
            "2024-03-21T22:34:49.466370+00:00",
            "Thu, 21 Mar 2024 22:34:49 +0000",
            "21 Mar 2024 17:34:49 -0500",
        ] {
            let expected = Ok(("2024-03-21T22:34:49Z".to_owned(), Basis::InRecord));
            assert_eq!(read(text, None), expected, "{text}");
            assert_eq!(read(text, Some("Asia/Tokyo")), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_bent_into_one() {
        for text in [
            "2024-03-21",
            "03/21/2024 10:34 PM",
            "2024-02-30T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-03-21T24:00:00Z",
            "2024-03-21T22:34:49.Z",
            "2024-03-21T22:34:49+99:00",
            "1989-12-31T23:59:59Z",
            "2101-01-01T00:00:00Z",
            "1711060489",
            "yesterday",
        ] {
            assert_eq!(read(text, Some("UTC")), BAD, "{text}");
        }
    }

    #[test]
    fn a_local_time_needs_the_declared_zone() {
        assert_eq!(
            read("2024-03-21 22:34:49", None),
            Err(TimeFault::ZoneNeeded)
        );
        for (zone, expected) in [
            ("UTC", "2024-03-21T22:34:49Z"),
            ("America/New_York", "2024-03-22T02:34:49Z"),
            ("Europe/London", "2024-03-21T22:34:49Z"),
            ("+05:30", "2024-03-21T17:04:49Z"),
        ] {
            let expected = Ok((expected.to_owned(), Basis::Declared));
            assert_eq!(read("2024-03-21 22:34:49", Some(zone)), expected, "{zone}");
        }
    }

    #[test]
    fn times_at_the_clock_change_are_refused_or_exact() {
        let gap = Err(TimeFault::Unreadable(RejectKind::TimeDoesNotExist));
        let fold = Err(TimeFault::Unreadable(RejectKind::TimeIsAmbiguous));
        let exact = |text: &str| Ok((text.to_owned(), Basis::Declared));
        let new_york = |text| read(text, Some("America/New_York"));
        assert_eq!(
            new_york("2024-03-10T01:59:59"),
            exact("2024-03-10T06:59:59Z")
        );
        assert_eq!(new_york("2024-03-10T02:00:00"), gap);
        assert_eq!(new_york("2024-03-10T02:59:59"), gap);
        assert_eq!(
            new_york("2024-03-10T03:00:00"),
            exact("2024-03-10T07:00:00Z")
        );
        assert_eq!(new_york("2024-11-03T01:30:00"), fold);
        let london = |text| read(text, Some("Europe/London"));
        assert_eq!(london("2024-03-31T00:59:59"), exact("2024-03-31T00:59:59Z"));
        assert_eq!(london("2024-03-31T01:30:00"), gap);
        assert_eq!(london("2024-03-31T02:30:00"), exact("2024-03-31T01:30:00Z"));
        assert_eq!(london("2024-10-27T01:30:00"), fold);
    }

    #[test]
    fn epoch_seconds_are_read_only_where_the_format_says_so() {
        let mut times = Times::new(None, TimeForm::Any);
        let expected = Ok((Moment::from_seconds(1_710_949_092), Basis::InRecord));
        assert_eq!(times.read("1710949092", Reads::EpochSeconds), expected);
        assert_eq!(times.read("1710949092.25", Reads::EpochSeconds), expected);
        let bad = Err(TimeFault::Unreadable(RejectKind::BadTime));
        for text in [
            "",
            "1710949092000",
            "-1",
            "1.7E9",
            "2024-03-21T22:34:49Z",
            "1710949092.",
        ] {
            assert_eq!(times.read(text, Reads::EpochSeconds), bad, "{text}");
        }
    }

    #[test]
    fn epoch_milliseconds_are_read_only_where_the_format_says_so() {
        let mut times = Times::new(None, TimeForm::Any);
        let expected = Ok((Moment::from_seconds(1_711_060_489), Basis::InRecord));
        for text in ["1711060489000", "1711060489999", "1711060489000.5"] {
            assert_eq!(times.read(text, Reads::EpochMillis), expected, "{text}");
        }
        let bad = Err(TimeFault::Unreadable(RejectKind::BadTime));
        for text in ["", "1711060489", "-1711060489000", "2024-03-21T22:34:49Z"] {
            assert_eq!(times.read(text, Reads::EpochMillis), bad, "{text}");
        }
    }

    proptest! {
        /// The short way and the steady stretches agree with the library, in
        /// one reader that sees times in any order.
        #[test]
        fn local_times_agree_with_the_zone_rules(
            seconds in proptest::collection::vec(PLAUSIBLE, 1..20),
            zone in prop::sample::select(vec![
                "America/New_York", "Europe/London", "Asia/Kolkata", "Africa/Casablanca",
                "Australia/Lord_Howe", "Pacific/Apia", "UTC", "-03:30",
            ]),
        ) {
            let zone: Zone = zone.parse().unwrap();
            let mut times = Times::new(Some(zone.clone()), TimeForm::Any);
            for second in seconds {
                let time = Timestamp::from_second(second).unwrap();
                let clock = zone.rules().to_datetime(time);
                let text = clock.to_string();
                match times.read(&text, Reads::Text) {
                    Ok((moment, _)) => prop_assert_eq!(moment.seconds(), second),
                    Err(fault) => {
                        let ambiguous = zone.rules().to_ambiguous_timestamp(clock).is_ambiguous();
                        prop_assert!(ambiguous, "{:?} {}", fault, text);
                    }
                }
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = read(&text, Some("Europe/London"));
        }
    }
}
