//! What the times of a column look like: how they are written, as far as its cells tell. Only counts are kept.

use crate::ingest::formats::shape::Reads;
use crate::ingest::times::form::{TimeForm, read_pattern};
use crate::ingest::times::iso::WrittenTime;
use crate::ingest::times::reader::{TimeFault, TimeReader};
use crate::ingest::times::serial::serial;
use crate::ingest::times::zone::Zone;

/// Counts of what the cells of a column look like, as times.
#[derive(Default)]
pub(super) struct TimeLook {
    cells: u32,
    /// Times in a form that needs no pattern, and those of them that name no zone.
    plain: u32,
    local: u32,
    /// Days at midnight: a spreadsheet writes days so.
    midnights: u32,
    /// By unit of a time since 1970.
    units: [u32; UNITS.len()],
    /// Numbers by which a spreadsheet keeps times.
    serials: u32,
    /// The patterns of whole times that fit the first cell.
    whole: Vec<(String, Fits)>,
    /// By pattern: days, and times of day.
    days: [Fits; DAYS.len()],
    clocks: [Fits; CLOCKS.len()],
}

/// How many cells a pattern fits, and the sum of the times it gives. Two patterns of one sum read the same.
#[derive(Clone, Copy, Default)]
struct Fits {
    count: u32,
    sum: i64,
    local: bool,
}

/// How the times of a column are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TimeGuess {
    Nothing,
    /// In a form that needs no key in a mapping.
    Plain,
    /// In this form or by this pattern.
    One(String),
    /// By one of these patterns: day, month and year cannot be told apart.
    OneOf(Vec<String>),
}

impl TimeLook {
    /// Counts a cell, which is not blank and has no marks that nobody sees.
    pub(super) fn see(&mut self, cell: &str) {
        self.cells += 1;
        let mut times = TimeReader::new(None::<Zone>, TimeForm::Any);
        for (count, (unit, _)) in self.units.iter_mut().zip(UNITS) {
            let read = times.read(cell, unit);
            let fits = read.is_ok_and(|(moment, _)| LIKELY.contains(&moment.seconds()));
            *count += u32::from(fits);
        }
        self.serials += u32::from(serial(cell).is_some());
        let plain = times.read(cell, Reads::Text);
        let local = plain == Err(TimeFault::ZoneNeeded);
        self.local += u32::from(local);
        self.plain += u32::from(local || plain.is_ok());
        let mut days = MIDNIGHTS.iter().filter_map(|end| cell.strip_suffix(end));
        let is_day = |day: &str| read_pattern("%Y-%m-%d %H:%M", &format!("{day} 00:00")).is_some();
        self.midnights += u32::from(days.next().is_some_and(is_day));
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        if digits < 3 || cell.len() > LONGEST || cell.starts_with('+') {
            return;
        }
        if self.cells == 1 && digits >= 6 {
            let patterns = whole_patterns().map(|pattern| (pattern, Fits::default()));
            self.whole = patterns
                .filter(|(pattern, _)| read_pattern(pattern, cell).is_some())
                .collect();
        }
        for (pattern, fits) in &mut self.whole {
            fits.take(read_pattern(pattern, cell));
        }
        let (day, clock) = (format!("{cell} 00:00"), format!("2024-03-21 {cell}"));
        for (fits, pattern) in self.days.iter_mut().zip(DAYS) {
            fits.take(read_pattern(&format!("{pattern} %H:%M"), &day));
        }
        for (fits, pattern) in self.clocks.iter_mut().zip(CLOCKS) {
            fits.take(read_pattern(&format!("%Y-%m-%d {pattern}"), &clock));
        }
    }

    /// How its whole times are written.
    pub(super) fn whole(&self) -> TimeGuess {
        if self.all(self.plain) {
            return TimeGuess::Plain;
        }
        let mut units = self.units.iter().zip(UNITS);
        if let Some((_, (_, form))) = units.find(|(count, _)| self.all(**count)) {
            return TimeGuess::One(form.to_owned());
        }
        if self.all(self.serials) {
            return TimeGuess::One("serial".to_owned());
        }
        self.fitting(
            self.whole
                .iter()
                .map(|(pattern, fits)| (pattern.as_str(), *fits)),
        )
    }

    /// How its days are written, if it has days only.
    pub(super) fn days(&self) -> TimeGuess {
        if self.all(self.midnights) {
            return TimeGuess::One("%Y-%m-%d".to_owned());
        }
        self.fitting(DAYS.into_iter().zip(self.days))
    }

    /// How its times of day are written, if it has those only.
    pub(super) fn clocks(&self) -> TimeGuess {
        self.fitting(CLOCKS.into_iter().zip(self.clocks))
    }

    /// True if its whole times, or its times of day, name no zone.
    pub(super) fn needs_a_zone(&self) -> bool {
        let fits = self.whole.iter().map(|(_, fits)| fits).chain(&self.clocks);
        let mut fitting = fits.filter(|fits| self.all(fits.count));
        self.local > 0 || self.serials > 0 || fitting.any(|fits| fits.local)
    }

    /// The patterns that fit all cells, of those that read the same only the first.
    fn fitting<'p>(&self, patterns: impl Iterator<Item = (&'p str, Fits)>) -> TimeGuess {
        let mut found: Vec<(&str, i64)> = Vec::new();
        for (pattern, fits) in patterns {
            let known = found.iter().any(|(_, sum)| *sum == fits.sum);
            if self.all(fits.count) && !known {
                found.push((pattern, fits.sum));
            }
        }
        match found.as_slice() {
            [] => TimeGuess::Nothing,
            [(one, _)] => TimeGuess::One((*one).to_owned()),
            more => TimeGuess::OneOf(more.iter().map(|(one, _)| (*one).to_owned()).collect()),
        }
    }

    /// True if all cells were counted in `count`.
    fn all(&self, count: u32) -> bool {
        self.cells > 0 && count == self.cells
    }
}

impl Fits {
    fn take(&mut self, read: Option<WrittenTime>) {
        let (seconds, local) = match read {
            Some(WrittenTime::Local(seconds)) => (seconds, true),
            Some(WrittenTime::Moment(seconds)) => (seconds, false),
            None => return,
        };
        if LIKELY.contains(&seconds) {
            self.count += 1;
            self.sum = self.sum.wrapping_mul(31).wrapping_add(seconds);
            self.local |= local;
        }
    }
}

/// A day beside a time of day in every order, and the others.
fn whole_patterns() -> impl Iterator<Item = String> {
    let both = DAYS
        .into_iter()
        .flat_map(|day| CLOCKS.into_iter().map(move |clock| (day, clock)));
    let joined = both.flat_map(|(day, clock)| {
        [
            format!("{day} {clock}"),
            format!("{day}, {clock}"),
            format!("{clock} {day}"),
        ]
    });
    joined.chain(OTHERS.into_iter().map(str::to_owned))
}

/// From September 2001, when a time had ten digits for the first time, to the end of 2039. Other numbers and dates are
/// hardly the times of a log.
const LIKELY: std::ops::Range<i64> = 1_000_000_000..2_208_988_800;
/// The longest cell that is looked at, in bytes.
const LONGEST: usize = 40;
const MIDNIGHTS: [&str; 4] = ["T00:00:00", " 00:00:00", " 00:00", " 0:00"];
/// The units of times since 1970, as a mapping calls them.
const UNITS: [(Reads, &str); 4] = [
    (Reads::EpochSeconds, "epoch-seconds"),
    (Reads::EpochMillis, "epoch-millis"),
    (Reads::EpochMicros, "epoch-micros"),
    (Reads::EpochNanos, "epoch-nanos"),
];
/// Patterns of days. Of two that read the same, the first is proposed.
const DAYS: [&str; 23] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%y/%m/%d",
    "%d.%m.%y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%y-%m-%d",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%Y%m%d",
];
/// Patterns of times of day.
const CLOCKS: [&str; 16] = [
    "%H:%M:%S",
    "%H:%M",
    "%I:%M:%S %p",
    "%I:%M %p",
    "%H:%M:%S%.f",
    "%I:%M:%S%.f %p",
    "%H:%M:%S,%f",
    "%H.%M.%S",
    "%H.%M",
    "%I.%M.%S%.f %p",
    "%H:%M:%S %z",
    "%H:%M %z",
    "%H:%M:%S %Z",
    "%H:%M %Z",
    "%I:%M:%S %p %Z",
    "%I:%M %p %Z",
];
/// Patterns of whole times that are no day beside a time of day: of C, of web servers, digits only.
const OTHERS: [&str; 4] = [
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%d/%b/%Y:%H:%M:%S %z",
    "%Y%m%d%H%M%S",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_may_stand_in_a_mapping() {
        for pattern in whole_patterns() {
            assert!(TimeForm::parse(&pattern).is_some(), "{pattern}");
        }
        for (_, unit) in UNITS {
            assert!(TimeForm::parse(unit).is_some(), "{unit}");
        }
    }

    #[test]
    fn patterns_that_read_the_same_are_one() {
        let look = |cells: &[&str]| {
            let mut look = TimeLook::default();
            cells.iter().for_each(|cell| look.see(cell));
            look.whole()
        };
        let one = |pattern: &str| TimeGuess::One(pattern.to_owned());
        assert_eq!(look(&["5 May 2024 11:00"]), one("%d %b %Y %H:%M"));
        assert_eq!(look(&["03/03/2024 11:00"]), one("%d/%m/%Y %H:%M"));
        assert_eq!(
            look(&["03/04/2024 11:00", "13/04/2024 11:00"]),
            one("%d/%m/%Y %H:%M")
        );
        assert_eq!(
            look(&["24/03/10 11:00"]),
            TimeGuess::OneOf(vec![
                "%d/%m/%y %H:%M".to_owned(),
                "%y/%m/%d %H:%M".to_owned()
            ])
        );
        assert_eq!(look(&["24/03/10 11:00", "unknown"]), TimeGuess::Nothing);
        assert_eq!(look(&["acme", "5 May 2024 11:00"]), TimeGuess::Nothing);
    }
}
