//! How a mapping says that times are written.

use jiff::civil::{DateTime, date};
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use zeroize::Zeroize as _;

/// One of the known forms, or a pattern of `%Y` and the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// RFC 3339 and its relatives, or RFC 2822.
    Any,
    Rfc3339,
    Rfc2822,
    EpochSeconds,
    EpochMillis,
    Pattern(String),
}

/// What a pattern found: a time of its own zone, or one of the file's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Moment(i64),
    /// Local seconds.
    Local(i64),
}

impl TimeForm {
    const NAMED: [Self; 4] = [
        Self::Rfc3339,
        Self::Rfc2822,
        Self::EpochSeconds,
        Self::EpochMillis,
    ];

    /// Nothing if the text is no form, or a pattern that does not read a day,
    /// an hour and a minute back.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut named = Self::NAMED.into_iter();
        if let Some(form) = named.find(|form| form.text().as_deref() == Some(text)) {
            return Some(form);
        }
        // Past noon, and a day that is no month, so that nothing is mistaken.
        let sample = date(2024, 3, 21).at(22, 34, 0, 0);
        let zoned = sample.to_zoned_datetime(TimeZone::UTC).ok()?;
        let fits = text.len() <= LONGEST && text.contains('%');
        let written = strtime::format(text, &zoned).ok().filter(|_| fits)?;
        let found = find(text, &written)?;
        let (Found::Moment(seconds) | Found::Local(seconds)) = found;
        (seconds == local(sample)?).then(|| Self::Pattern(text.to_owned()))
    }

    /// As it stands in a mapping.
    pub(super) fn text(&self) -> Option<String> {
        let text = match self {
            Self::Any => return None,
            Self::Rfc3339 => "rfc3339",
            Self::Rfc2822 => "rfc2822",
            Self::EpochSeconds => "epoch-seconds",
            Self::EpochMillis => "epoch-millis",
            Self::Pattern(pattern) => pattern,
        };
        Some(text.to_owned())
    }
}

/// Reads a text by a pattern.
pub(super) fn find(pattern: &str, text: &str) -> Option<Found> {
    let read = strtime::parse(pattern, text).ok()?;
    // The name of a zone is as good as none: its rules may be another table's.
    if let Some(mut name) = read.iana_time_zone().map(str::to_owned) {
        name.zeroize();
        return None;
    }
    if read.offset().is_some() || read.timestamp().is_some() {
        return Some(Found::Moment(read.to_timestamp().ok()?.as_second()));
    }
    // A day alone would pass for midnight.
    read.hour().and(read.minute())?;
    Some(Found::Local(local(read.to_datetime().ok()?)?))
}

fn local(clock: DateTime) -> Option<i64> {
    let clock = Offset::UTC.to_timestamp(clock).ok()?;
    Some(clock.as_second())
}

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
        let local = Some(Found::Local(1_711_060_440));
        assert_eq!(find("%d/%m/%Y %H:%M", "21/03/2024 22:34"), local);
        assert_eq!(find("%m/%d/%Y %I:%M %p", "03/21/2024 10:34 PM"), local);
        let zoned = Some(Found::Moment(1_711_060_440));
        assert_eq!(find("%F %T %z", "2024-03-22 04:04:00 +0530"), zoned);
        assert_eq!(find("%s", "1711060440"), zoned);
        for text in [
            "",
            "21/03/2024",
            "2024-03-21 22:34",
            "21/13/2024 22:34",
            "x",
        ] {
            assert_eq!(find("%d/%m/%Y %H:%M", text), None, "{text}");
        }
    }
}
