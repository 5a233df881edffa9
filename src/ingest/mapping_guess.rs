//! What a column may hold, guessed from its name and from the look of some of
//! its cells. Of the cells only counts are kept.

use super::formats;
use super::shape::{Reads, fold};
use super::time_form::{Found, TimeForm, find};
use super::times::{TimeFault, Times};
use super::zone::Zone;
use crate::domain::{Field, Format, country};

/// How many cells of a column look like what.
#[derive(Default)]
pub(super) struct Look {
    cells: u32,
    numbers: u32,
    /// Times of no given form, and those among them that name no zone.
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

impl Look {
    pub(super) fn see(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
        let number = cell.strip_prefix('+').is_some_and(|rest| {
            (7..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
        });
        let known = country::alpha2(cell).is_some();
        let mut times = Times::new(None::<Zone>, TimeForm::Any);
        let time = times.read(cell, Reads::Text);
        let local = time == Err(TimeFault::ZoneNeeded);
        self.cells += 1;
        self.numbers += u32::from(number);
        self.local += u32::from(local);
        self.times += u32::from(local || time.is_ok());
        self.seconds += u32::from(digits && cell.len() == 10);
        self.millis += u32::from(digits && cell.len() == 13);
        for (count, pattern) in self.patterns.iter_mut().zip(PATTERNS) {
            *count += u32::from(matches!(find(pattern, cell), Some(Found::Local(_))));
        }
        self.countries += u32::from(known);
        self.alpha2 += u32::from(known && cell.len() == 2);
        self.alpha3 += u32::from(known && cell.len() == 3);
        self.joined += u32::from(digits && matches!(cell.len(), 5 | 6));
    }

    /// The field that its cells alone make likely.
    pub(super) fn field(&self) -> Option<Field> {
        if self.all(self.numbers) {
            Some(Field::Number)
        } else if self.times() != Said::Nothing {
            Some(Field::SentAt)
        } else {
            None
        }
    }

    /// How its times are written.
    pub(super) fn times(&self) -> Said {
        if self.all(self.times) {
            return Said::One("rfc3339 or rfc2822");
        }
        if self.all(self.seconds) {
            return Said::One("epoch-seconds");
        }
        if self.all(self.millis) {
            return Said::One("epoch-millis");
        }
        let fitting = PATTERNS.into_iter().zip(self.patterns);
        let mut fitting = fitting
            .filter(|(_, count)| self.all(*count))
            .map(|(pattern, _)| pattern);
        match (fitting.next(), fitting.next()) {
            (None, _) => Said::Nothing,
            (Some(one), None) => Said::One(one),
            (Some(one), Some(other)) => Said::Either(one, other),
        }
    }

    /// True if its times need a zone to be declared.
    pub(super) fn needs_a_zone(&self) -> bool {
        self.local > 0 || self.patterns.iter().any(|count| self.all(*count))
    }

    pub(super) fn country_form(&self) -> Option<&'static str> {
        if self.all(self.alpha2) {
            Some("alpha2")
        } else if self.all(self.alpha3) {
            Some("alpha3")
        } else {
            None
        }
    }

    pub(super) fn carrier_form(&self) -> Option<&'static str> {
        self.all(self.joined).then_some("mcc-mnc")
    }

    fn all(&self, count: u32) -> bool {
        self.cells > 0 && count == self.cells
    }
}

/// What the cells say of how a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    One(&'static str),
    /// Day and month cannot be told apart.
    Either(&'static str, &'static str),
}

/// The field that some format has under this name.
pub(super) fn by_name(name: &str) -> Option<Field> {
    let folded = fold(name);
    let shapes = Format::ALL.map(formats::shape);
    let mut columns = shapes.iter().flat_map(|shape| &shape.columns);
    let found = columns.find(|column| {
        let plain = matches!(column.reads, Reads::Text);
        plain && column.names.iter().any(|known| fold(known) == folded)
    })?;
    Some(found.field)
}

/// Tried in turn; what two of them read is left to whoever reads the draft.
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
