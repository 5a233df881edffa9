//! The form in which times are written, from a mapping.

use std::fmt::Write as _;

use jiff::civil::date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use zeroize::Zeroize as _;

use super::iso::{WrittenTime, local_seconds};
use super::zone_names::zone_hours;

/// How times are written: a known form, or a pattern of `%Y` and the like (strftime).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest) enum TimeForm {
    /// RFC 3339 and its relatives, or RFC 2822.
    Any,
    Rfc3339,
    Rfc2822,
    EpochSeconds,
    EpochMillis,
    EpochMicros,
    EpochNanos,
    /// The number by which a spreadsheet keeps a time.
    Serial,
    Pattern(String),
}

impl TimeForm {
    const NAMED: [Self; 7] = [
        Self::Rfc3339,
        Self::Rfc2822,
        Self::EpochSeconds,
        Self::EpochMillis,
        Self::EpochMicros,
        Self::EpochNanos,
        Self::Serial,
    ];

    /// `None` if the text is no form, or a pattern that does not give day, hour and minute.
    pub(in crate::ingest) fn parse(text: &str) -> Option<Self> {
        let mut named = Self::NAMED.into_iter();
        if let Some(form) = named.find(|form| form.text().as_deref() == Some(text)) {
            return Some(form);
        }
        // After noon, on a day that cannot be a month: a pattern that lacks `%p` or swaps day and
        // month does not read it back.
        let sample = date(2024, 3, 21).at(22, 34, 0, 0);
        let zoned = sample.to_zoned_datetime(TimeZone::UTC).ok()?;
        let fits = text.len() <= LONGEST && text.contains('%');
        let written = strtime::format(text, &zoned).ok().filter(|_| fits)?;
        let found = read_pattern(text, &written)?;
        let (WrittenTime::Moment(seconds) | WrittenTime::Local(seconds)) = found;
        (seconds == local_seconds(sample)?).then(|| Self::Pattern(text.to_owned()))
    }

    /// True if it is a pattern that reads no seconds.
    pub(in crate::ingest) fn is_to_the_minute(&self) -> bool {
        let Self::Pattern(pattern) = self else {
            return false;
        };
        // What is behind a percent sign: flags and a width, and the letter.
        let mut directives = pattern.replace("%%", "");
        directives.push('%');
        let mut letters = directives.split('%').skip(1).filter_map(|rest| {
            let flag = |c: char| c.is_ascii_digit() || "-_0^#.:".contains(c);
            rest.trim_start_matches(flag).chars().next()
        });
        !letters.any(|letter| "SsTrXcfN".contains(letter))
    }

    /// As it is written in a mapping; `None` for `Any`, which is written by leaving it out.
    pub(in crate::ingest) fn text(&self) -> Option<String> {
        let text = match self {
            Self::Any => return None,
            Self::Rfc3339 => "rfc3339",
            Self::Rfc2822 => "rfc2822",
            Self::EpochSeconds => "epoch-seconds",
            Self::EpochMillis => "epoch-millis",
            Self::EpochMicros => "epoch-micros",
            Self::EpochNanos => "epoch-nanos",
            Self::Serial => "serial",
            Self::Pattern(pattern) => pattern,
        };
        Some(text.to_owned())
    }
}

/// Reads a text by a pattern. As in Python, Ruby and GNU's C library, `%z` reads `+0530`, `+05:30` and `Z`. `%Z` reads
/// the names of zones that RFC 2822 defines.
pub(in crate::ingest) fn read_pattern(pattern: &str, text: &str) -> Option<WrittenTime> {
    if pattern.contains("%Z") {
        let pattern = pattern.replace("%Z", "%z");
        return with_offsets(text).find_map(|mut written| {
            let read = read_exactly(&pattern, &written);
            written.zeroize();
            read
        });
    }
    read_exactly(pattern, text).or_else(|| {
        let place = pattern.find("%z")?;
        let colons = pattern.replace("%z", "%:z");
        let zulu = || {
            let text = text.strip_suffix(['Z', 'z'])?;
            let whole = place + 2 == pattern.len();
            let mut written = whole.then(|| format!("{text}+0000"))?;
            let read = read_exactly(pattern, &written);
            written.zeroize();
            read
        };
        read_exactly(&colons, text).or_else(zulu)
    })
}

fn read_exactly(pattern: &str, text: &str) -> Option<WrittenTime> {
    let read = strtime::parse(pattern, text).ok()?;
    // A zone's name is refused: the library would look its rules up on the machine.
    if let Some(mut name) = read.iana_time_zone().map(str::to_owned) {
        name.zeroize();
        return None;
    }
    if read.offset().is_some() || read.timestamp().is_some() {
        return Some(WrittenTime::Moment(read.to_timestamp().ok()?.as_second()));
    }
    // Without hour and minute, a day would be read as its midnight.
    read.hour().and(read.minute())?;
    Some(WrittenTime::Local(local_seconds(read.to_datetime().ok()?)?))
}

/// The text with an offset in the place of each word in it that is the name of a zone.
fn with_offsets(text: &str) -> impl Iterator<Item = String> {
    let ends = |at: usize| !text.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic);
    let starts = text.char_indices().filter(move |(at, c)| {
        let before = at.checked_sub(1);
        c.is_ascii_alphabetic() && before.is_none_or(ends)
    });
    starts.filter_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        let end = rest.find(|c: char| !c.is_ascii_alphabetic());
        let (name, behind) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        let hours = zone_hours(name)?;
        let mut written = String::with_capacity(text.len() + 8);
        written.push_str(before);
        let _ = write!(written, "{hours:+03}00");
        written.push_str(behind);
        Some(written)
    })
}

/// The longest pattern, in bytes.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_a_name_or_a_pattern_that_reads_a_whole_time() {
        for text in [
            "rfc3339",
            "rfc2822",
            "epoch-seconds",
            "epoch-millis",
            "epoch-micros",
            "epoch-nanos",
            "serial",
            "%m/%d/%Y %I:%M %p %Z",
            "%a %b %d %H:%M:%S %Z %Y",
            "%d/%m/%Y %H:%M:%S",
            "%m/%d/%Y %I:%M %p",
            "%d-%b-%y %H.%M",
            "%Y%m%d%H%M%S",
            "%a, %d %b %Y %T %z",
            "%F %T.%f",
        ] {
            let form = TimeForm::parse(text);
            assert_eq!(form.and_then(|form| form.text()).as_deref(), Some(text));
        }
        for text in [
            "",
            "iso",
            "epoch",
            "%Y-%m-%d",
            "%H:%M",
            "%d/%m %H:%M",
            "%F %I:%M",
            "%F %T %Q",
            "%Y-%m-%d %H",
            "%",
            "%k%",
            "2024",
        ] {
            assert_eq!(TimeForm::parse(text), None, "{text}");
        }
    }

    #[test]
    fn whether_a_pattern_has_seconds_is_told_by_its_letters() {
        for (pattern, is) in [
            ("%d.%m.%Y %H.%M", true),
            ("%F %R", true),
            ("%F %H:%M %Z", true),
            ("%d.%m.%Y %H.%M.%S", false),
            ("%F %T", false),
            ("%Y%m%d%H%M%-S", false),
            ("%F %H:%M:%S%.f", false),
            ("%s", false),
        ] {
            let form = TimeForm::Pattern(pattern.to_owned());
            assert_eq!(form.is_to_the_minute(), is, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_reads_what_it_describes_and_nothing_else() {
        let local = Some(WrittenTime::Local(1_711_060_440));
        assert_eq!(read_pattern("%d/%m/%Y %H:%M", "21/03/2024 22:34"), local);
        assert_eq!(
            read_pattern("%m/%d/%Y %I:%M %p", "03/21/2024 10:34 PM"),
            local
        );
        let zoned = Some(WrittenTime::Moment(1_711_060_440));
        assert_eq!(read_pattern("%F %T %z", "2024-03-22 04:04:00 +0530"), zoned);
        for text in [
            "2024-03-21T22:34:00+00:00",
            "2024-03-22T04:04:00+05:30",
            "2024-03-21T22:34:00Z",
        ] {
            assert_eq!(read_pattern("%Y-%m-%dT%H:%M:%S%z", text), zoned, "{text}");
        }
        assert_eq!(read_pattern("%F %T%z", "2024-03-21 22:34:00+0000"), zoned);
        assert_eq!(read_pattern("%F %T%z", "2024-03-21 22:34:00 UTC"), None);
        assert_eq!(read_pattern("%s", "1711060440"), zoned);
        for (pattern, text) in [
            ("%m/%d/%Y %I:%M %p %Z", "03/21/2024 06:34 PM EDT"),
            ("%m/%d/%Y %I:%M %p %Z", "03/21/2024 05:34 PM EST"),
            ("%m/%d/%Y %I:%M %p %Z", "03/21/2024 10:34 PM GMT"),
            ("%a %b %d %H:%M:%S %Z %Y", "Thu Mar 21 15:34:00 PDT 2024"),
            ("%Y-%m-%d %H:%M%Z", "2024-03-21 22:34Z"),
        ] {
            assert_eq!(read_pattern(pattern, text), zoned, "{text}");
        }
        for text in [
            "03/21/2024 06:34 PM CET",
            "03/21/2024 06:34 PM",
            "03/21/2024 06:34 PM E",
        ] {
            assert_eq!(read_pattern("%m/%d/%Y %I:%M %p %Z", text), None, "{text}");
        }
        for text in [
            "",
            "21/03/2024",
            "2024-03-21 22:34",
            "21/13/2024 22:34",
            "x",
        ] {
            assert_eq!(read_pattern("%d/%m/%Y %H:%M", text), None, "{text}");
        }
    }
}
