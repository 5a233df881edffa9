//! From the text of a time to a moment: RFC 3339 and its relatives, RFC 2822, seconds and
//! milliseconds since 1970, or a pattern.
//!
//! A local time needs the declared zone. One that did not exist or existed twice, because clocks
//! were changed, is refused; nothing is guessed.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::{AmbiguousOffset, Offset};
use zeroize::Zeroize as _;

use super::form::{TimeForm, read_pattern};
use super::iso::{WrittenTime, iso_time};
use super::serial::serial;
use super::zone::Zone;
use super::zone_names::{split_zone, zone_hours};
use crate::domain::Moment;
use crate::ingest::formats::shape::Reads;
use crate::vault::plaintext::{Basis, RejectKind};

/// Reads the times of one file.
pub(in crate::ingest) struct TimeReader {
    zone: Option<Zone>,
    form: TimeForm,
    steady: Steady,
}

/// Why a time could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum TimeFault {
    /// It is a local time, and no zone was declared.
    ZoneNeeded,
    Unreadable(RejectKind),
}

/// A stretch of local time in which the zone has one offset, a day away from any change. In it,
/// the rules of the zone need not be asked.
#[derive(Default)]
struct Steady {
    from: i64,
    to: i64,
    offset: i64,
}

impl TimeReader {
    /// `zone` is that of times that name none, `form` how times that are text are written.
    pub(in crate::ingest) fn new(zone: Option<Zone>, form: TimeForm) -> Self {
        Self {
            zone,
            form,
            steady: Steady::default(),
        }
    }

    /// True if nobody said how its times are written.
    pub(in crate::ingest) fn is_of_any_form(&self) -> bool {
        self.form == TimeForm::Any
    }

    /// True if its pattern has no seconds.
    pub(in crate::ingest) fn is_to_the_minute(&self) -> bool {
        self.form.is_to_the_minute()
    }

    /// The moment, and whether its zone was in the record or declared.
    pub(in crate::ingest) fn read(
        &mut self,
        text: &str,
        reads: Reads,
    ) -> Result<(Moment, Basis), TimeFault> {
        let bad = TimeFault::Unreadable(RejectKind::BadTime);
        let found = match (reads, &self.form) {
            (Reads::EpochSeconds, _) => epoch(text).map(WrittenTime::Moment),
            (Reads::EpochMillis, _) => parts_of_seconds(text, 1000),
            (Reads::EpochMicros, _) => parts_of_seconds(text, 1_000_000),
            (Reads::EpochNanos, _) => parts_of_seconds(text, 1_000_000_000),
            (_, TimeForm::Rfc3339) => iso_time(text.as_bytes()),
            (_, TimeForm::Rfc2822) => mail(text).map(WrittenTime::Moment),
            (_, TimeForm::Serial) => serial(text).map(WrittenTime::Local),
            (_, TimeForm::Pattern(pattern)) => read_pattern(pattern, text),
            _ => iso_time(text.as_bytes()).or_else(|| rarer(text)),
        };
        let (seconds, basis) = match found.ok_or(bad)? {
            WrittenTime::Moment(seconds) => (seconds, Basis::InRecord),
            WrittenTime::Local(local) => (self.resolve(local)?, Basis::Declared),
        };
        if !PLAUSIBLE.contains(&seconds) {
            return Err(bad);
        }
        Ok((Moment::from_seconds(seconds), basis))
    }

    /// The moment of a local time, in seconds since 1970.
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
        // The changes of offset before and after this moment. One at this very second is before.
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

/// RFC 2822, what the library reads of ISO 8601 with a zone, and what programs print.
fn rarer(text: &str) -> Option<WrittenTime> {
    // A spreadsheet keeps a text by it.
    let kept = text.strip_prefix('\'');
    if let Some(time) = kept.and_then(|kept| iso_time(kept.as_bytes())) {
        return Some(time);
    }
    let text = kept.unwrap_or(text);
    let other = || Some(text.parse::<Timestamp>().ok()?.as_second());
    let moment = mail(text).or_else(other).map(WrittenTime::Moment);
    let zoned = || named_zone(text).or_else(|| twice_zoned(text));
    moment.or_else(zoned).or_else(|| of_c(text))
}

/// `2024-03-21 18:34:49 EDT`.
fn named_zone(text: &str) -> Option<WrittenTime> {
    let (time, hours) = split_zone(text)?;
    match iso_time(time.as_bytes())? {
        WrittenTime::Local(local) => Some(WrittenTime::Moment(local - i64::from(hours) * HOUR)),
        WrittenTime::Moment(_) => None,
    }
}

/// `2024-03-21 22:34:49 +0000 UTC`, as Go prints a time: the offset counts, and not the name behind it.
fn twice_zoned(text: &str) -> Option<WrittenTime> {
    let (time, name) = text.rsplit_once(' ')?;
    let named = name.bytes().all(|byte| byte.is_ascii_uppercase());
    match iso_time(time.as_bytes()).filter(|_| named && !time.ends_with(char::is_alphabetic))? {
        WrittenTime::Local(_) => None,
        moment @ WrittenTime::Moment(_) => Some(moment),
    }
}

/// `Thu Mar 21 22:34:49 UTC 2024`, as C, `date` and Java print it, with a zone or without one.
fn of_c(text: &str) -> Option<WrittenTime> {
    let parts: Vec<_> = text.split_ascii_whitespace().collect();
    let (named, [weekday, month, day, clock, year]) = match parts.as_slice() {
        [weekday, month, day, clock, zone, year] => {
            (Some(zone), [weekday, month, day, clock, year])
        }
        [weekday, month, day, clock, year] => (None, [weekday, month, day, clock, year]),
        _ => return None,
    };
    let zone = named.copied().unwrap_or("+0000");
    // Room for all of it, so that no copy is left behind.
    let mut written = String::with_capacity(text.len() + zone.len() + weekday.len());
    written.push_str(weekday);
    written.push(',');
    for part in [day, month, year, clock, &zone] {
        written.push(' ');
        written.push_str(part);
    }
    let seconds = mail(&written);
    written.zeroize();
    seconds.map(|seconds| match named {
        Some(_) => WrittenTime::Moment(seconds),
        None => WrittenTime::Local(seconds),
    })
}

/// RFC 2822. It has any other name of a zone mean UTC, which would be a guess; such a time is not read.
fn mail(text: &str) -> Option<i64> {
    let before_remark = text.split('(').next().unwrap_or_default();
    let zone = before_remark.split_ascii_whitespace().next_back()?;
    if zone_hours(zone).is_none() && !zone.starts_with(['+', '-']) {
        return None;
    }
    let time = rfc2822::DateTimeParser::new().parse_timestamp(text);
    Some(time.ok()?.as_second())
}

/// A time in parts of a second since 1970, of which a second has so many.
fn parts_of_seconds(text: &str, parts: i64) -> Option<WrittenTime> {
    epoch(text).map(|since| WrittenTime::Moment(since.div_euclid(parts)))
}

/// A whole number, with or without a fraction, which is dropped.
fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction)).then(|| whole.parse().ok())?
}

/// Seconds of an hour and of a day.
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// 1990-01-01 to the end of 2100, UTC.
const PLAUSIBLE: std::ops::Range<i64> = 631_152_000..4_133_980_800;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, zone: Option<&str>) -> Result<(String, Basis), TimeFault> {
        let mut times = TimeReader::new(zone.map(|zone| zone.parse().unwrap()), TimeForm::Any);
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
            "21 Mar 2024 22:34:49 UTC",
            "Thu, 21 Mar 2024 22:34:49 GMT",
            "Thu, 21 Mar 2024 17:34:49 EST",
            "Thu, 21 Mar 2024 23:34:49 +0100 (CET)",
            "2024-03-21 22:34:49.558 +0000 UTC",
            "2024-03-21 23:34:49 +0100 CET",
            "Thu Mar 21 22:34:49 UTC 2024",
            "Thu Mar 21 17:34:49 EST 2024",
            "'2024-03-21T22:34:49Z",
        ] {
            let expected = Ok(("2024-03-21T22:34:49Z".to_owned(), Basis::InRecord));
            assert_eq!(read(text, None), expected, "{text}");
            assert_eq!(read(text, Some("Asia/Tokyo")), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_read_as_times() {
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
            // RFC 2822 would have these mean UTC.
            "Thu, 21 Mar 2024 23:34:49 CET",
            "21 Mar 2024 22:34:49 BST",
            "21 Mar 2024 22:34:49 A",
            "21 Mar 2024 22:34:49 (UTC)",
            "2024-03-21 10:34:49 PM",
            "2024-03-21 22:34:49 CET",
            "2024-03-21 22:34:49 UTC CET",
            "Thu Mar 21 22:34:49 CET 2024",
            "Fri Mar 21 22:34:49 UTC 2024",
            "Mar 21 22:34:49 2024",
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
            assert_eq!(read("Thu Mar 21 22:34:49 2024", Some(zone)), expected);
        }
        let without = read("Thu Mar 21 22:34:49 2024", None);
        assert_eq!(without, Err(TimeFault::ZoneNeeded));
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
        let mut times = TimeReader::new(None, TimeForm::Any);
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
        let mut times = TimeReader::new(None, TimeForm::Any);
        let expected = Ok((Moment::from_seconds(1_711_060_489), Basis::InRecord));
        for text in ["1711060489000", "1711060489999", "1711060489000.5"] {
            assert_eq!(times.read(text, Reads::EpochMillis), expected, "{text}");
        }
        let bad = Err(TimeFault::Unreadable(RejectKind::BadTime));
        for text in ["", "1711060489", "-1711060489000", "2024-03-21T22:34:49Z"] {
            assert_eq!(times.read(text, Reads::EpochMillis), bad, "{text}");
        }
    }

    #[test]
    fn epoch_micro_and_nanoseconds_are_read_only_where_the_mapping_says_so() {
        let mut times = TimeReader::new(None, TimeForm::Any);
        let expected = Ok((Moment::from_seconds(1_711_060_489), Basis::InRecord));
        assert_eq!(times.read("1711060489123456", Reads::EpochMicros), expected);
        assert_eq!(
            times.read("1711060489123456789", Reads::EpochNanos),
            expected
        );
        let bad = Err(TimeFault::Unreadable(RejectKind::BadTime));
        assert_eq!(times.read("1711060489123", Reads::EpochMicros), bad);
        assert_eq!(times.read("1711060489123456", Reads::EpochNanos), bad);
        assert_eq!(times.read("1711060489123456", Reads::EpochMillis), bad);
    }

    proptest! {
        /// What `iso_time` and the steady stretches give agrees with the library, in one reader
        /// that sees times in any order.
        #[test]
        fn local_times_agree_with_the_zone_rules(
            seconds in proptest::collection::vec(PLAUSIBLE, 1..20),
            zone in prop::sample::select(vec![
                "America/New_York", "Europe/London", "Asia/Kolkata", "Africa/Casablanca",
                "Australia/Lord_Howe", "Pacific/Apia", "UTC", "-03:30",
            ]),
        ) {
            let zone: Zone = zone.parse().unwrap();
            let mut times = TimeReader::new(Some(zone.clone()), TimeForm::Any);
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
