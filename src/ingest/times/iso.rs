//! RFC 3339 and its relatives: a date, a time, and perhaps an offset.

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum WrittenTime {
    /// It has a zone or an offset. Seconds since 1970-01-01T00:00:00Z.
    Moment(i64),
    /// It has none. The seconds that the same time in UTC would have.
    Local(i64),
}

/// The seconds since 1970 that a local time would have in UTC.
pub(super) fn local_seconds(clock: DateTime) -> Option<i64> {
    let moment = Offset::UTC.to_timestamp(clock).ok()?;
    Some(moment.as_second())
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
    let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
    (hours <= 23 && minutes <= 59).then_some(sign * seconds)
}

/// Reads `2024-03-21T22:34:49.5+00:00`. The `T` may be a space, seconds may be absent, a fraction
/// is dropped, and the offset may be in any spelling or absent. Most times of most logs are read
/// here, so it is written for speed.
pub(super) fn iso_time(text: &[u8]) -> Option<WrittenTime> {
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
    let year = i16::from(two(*y1, *y2)?) * 100 + i16::from(two(*y3, *y4)?);
    let (month, day) = (two(*m1, *m2)?, two(*d1, *d2)?);
    let (hour, minute) = (two(*h1, *h2)?, two(*n1, *n2)?);
    if second > 60 {
        return None;
    }
    // A leap second is read as the last second of its minute (RFC 3339, appendix D).
    let clock = DateTime::new(year, month, day, hour, minute, second.min(59), 0);
    let local = local_seconds(clock.ok()?)?;
    let offset = match without_fraction(rest)? {
        [] => None,
        [b'Z' | b'z'] | b" UTC" | b" GMT" | b" Z" => Some(0),
        [b' ', rest @ ..] | rest => Some(offset(rest)?),
    };
    Some(match offset {
        None => WrittenTime::Local(local),
        Some(offset) => WrittenTime::Moment(local - offset),
    })
}

/// The rest of a text that may begin with the fraction of a second.
fn without_fraction(text: &[u8]) -> Option<&[u8]> {
    let [b'.' | b',', rest @ ..] = text else {
        return Some(text);
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    rest.get(digits..).filter(|_| digits > 0)
}

/// A number of two digits.
fn two(tens: u8, ones: u8) -> Option<i8> {
    let number = (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| (tens - b'0') * 10 + (ones - b'0'));
    i8::try_from(number?).ok()
}
