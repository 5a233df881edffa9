//! Guesses which field a column holds, from its name and from the look of some of its cells. Of
//! the cells only counts are kept.

use crate::domain::invisible::cleaned;
use crate::domain::{Field, Format, country};
use crate::ingest::column_name::fold;
use crate::ingest::formats;
use crate::ingest::formats::shape::Reads;
use crate::ingest::times::form::{TimeForm, read_pattern};
use crate::ingest::times::iso::WrittenTime;
use crate::ingest::times::reader::{TimeFault, TimeReader};
use crate::ingest::times::zone::Zone;

/// Counts of what the cells of a column look like.
#[derive(Default)]
pub(super) struct ColumnLook {
    cells: u32,
    numbers: u32,
    /// Times in a form that needs no pattern, and those of them that name no zone.
    times: u32,
    local: u32,
    seconds: u32,
    millis: u32,
    patterns: [u32; PATTERNS.len()],
    alpha2: u32,
    alpha3: u32,
    countries: u32,
    joined: u32,
}

impl ColumnLook {
    /// Counts a cell.
    pub(super) fn see(&mut self, cell: &str) {
        let cell = &cleaned(cell);
        if cell.is_empty() {
            return;
        }
        let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
        let number = cell.strip_prefix('+').is_some_and(|rest| {
            (7..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
        });
        let known = country::alpha2(cell).is_some();
        let mut times = TimeReader::new(None::<Zone>, TimeForm::Any);
        let time = times.read(cell, Reads::Text);
        let local = time == Err(TimeFault::ZoneNeeded);
        self.cells += 1;
        self.numbers += u32::from(number);
        self.local += u32::from(local);
        self.times += u32::from(local || time.is_ok());
        self.seconds += u32::from(digits && cell.len() == 10);
        self.millis += u32::from(digits && cell.len() == 13);
        for (count, pattern) in self.patterns.iter_mut().zip(PATTERNS) {
            *count += u32::from(matches!(
                read_pattern(pattern, cell),
                Some(WrittenTime::Local(_))
            ));
        }
        self.countries += u32::from(known);
        self.alpha2 += u32::from(known && cell.len() == 2);
        self.alpha3 += u32::from(known && cell.len() == 3);
        self.joined += u32::from(digits && matches!(cell.len(), 5 | 6));
    }

    /// The field that its cells make likely, whatever its name.
    pub(super) fn field(&self) -> Option<Field> {
        if self.all(self.numbers) {
            Some(Field::Number)
        } else if self.times() != TimeGuess::Nothing {
            Some(Field::SentAt)
        } else {
            None
        }
    }

    /// How its times are written.
    pub(super) fn times(&self) -> TimeGuess {
        if self.all(self.times) {
            return TimeGuess::One("rfc3339 or rfc2822");
        }
        if self.all(self.seconds) {
            return TimeGuess::One("epoch-seconds");
        }
        if self.all(self.millis) {
            return TimeGuess::One("epoch-millis");
        }
        let fitting = PATTERNS.into_iter().zip(self.patterns);
        let mut fitting = fitting
            .filter(|(_, count)| self.all(*count))
            .map(|(pattern, _)| pattern);
        match (fitting.next(), fitting.next()) {
            (None, _) => TimeGuess::Nothing,
            (Some(one), None) => TimeGuess::One(one),
            (Some(one), Some(other)) => TimeGuess::Either(one, other),
        }
    }

    /// True if its times need a declared zone.
    pub(super) fn needs_a_zone(&self) -> bool {
        self.local > 0 || self.patterns.iter().any(|count| self.all(*count))
    }

    /// The `form` of its countries in a mapping.
    pub(super) fn country_form(&self) -> Option<&'static str> {
        if self.all(self.alpha2) {
            Some("alpha2")
        } else if self.all(self.alpha3) {
            Some("alpha3")
        } else {
            None
        }
    }

    /// The `form` of its carriers in a mapping.
    pub(super) fn carrier_form(&self) -> Option<&'static str> {
        self.all(self.joined).then_some("mcc-mnc")
    }

    /// True if all cells were counted in `count`.
    fn all(&self, count: u32) -> bool {
        self.cells > 0 && count == self.cells
    }
}

/// How the times of a column are written, as far as its cells tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeGuess {
    Nothing,
    One(&'static str),
    /// Two patterns fit: day and month cannot be told apart.
    Either(&'static str, &'static str),
}

/// The field that the first format with a column of this name has in it.
pub(super) fn by_name(name: &str) -> Option<Field> {
    let folded = fold(name);
    let shapes = Format::ALL.map(formats::shape);
    let mut columns = shapes.iter().flat_map(|shape| &shape.columns);
    let found = columns.find(|column| {
        let plain = matches!(column.reads, Reads::Text | Reads::International);
        plain && column.names.iter().any(|known| fold(known) == folded)
    })?;
    Some(found.field)
}

/// The patterns that are tried. If two fit, the reader of the draft chooses.
const PATTERNS: [&str; 8] = [
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
];
