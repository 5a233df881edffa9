//! The form in which times are written, from a mapping.

use jiff::civil::date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use zeroize::Zeroize as _;

use super::iso::{WrittenTime, local_seconds};

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
    Pattern(String),
}

impl TimeForm {
    const NAMED: [Self; 6] = [
        Self::Rfc3339,
        Self::Rfc2822,
        Self::EpochSeconds,
        Self::EpochMillis,
        Self::EpochMicros,
        Self::EpochNanos,
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
            Self::Pattern(pattern) => pattern,
        };
        Some(text.to_owned())
    }
}

/// Reads a text by a pattern. As in Python, Ruby and GNU's C library, `%z` reads `+0530`, `+05:30` and `Z`.
pub(in crate::ingest) fn read_pattern(pattern: &str, text: &str) -> Option<WrittenTime> {
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
