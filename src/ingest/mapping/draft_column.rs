//! A column of a file of which a mapping is drafted.

use super::column_look::ColumnLook;
use super::recipient_column::{gets_something, may_be_called};
use super::time_look::{TimeGuess, TimeLook};
use super::usual_names::{by_name, is_of_the_sender, is_span};
use crate::domain::Field;
use crate::ingest::column_name::{ShownName, fold};
use crate::ingest::guard::columns::is_content;
use crate::ingest::json::path::JsonPath;

/// A column of the file, and what its cells look like.
pub(super) struct DraftColumn {
    /// Its name, if that may be shown.
    pub(super) name: Option<ShownName>,
    /// It holds message content, and is not looked at.
    pub(super) content: bool,
    pub(super) look: ColumnLook,
}

impl DraftColumn {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: ShownName::of(name),
            content: is_content(name) || JsonPath::parse(name).holds_content(),
            look: ColumnLook::default(),
        }
    }

    /// Looks at a cell.
    pub(super) fn see(&mut self, cell: &str) {
        if !self.content {
            self.look.see(cell);
        }
    }

    /// The field that its name makes likely.
    pub(super) fn named(&self) -> Option<Field> {
        let name = self.name.as_ref().filter(|_| !self.content)?;
        match by_name(name.as_str()) {
            // A region is a part of a country to some, and a country to others.
            Some(Field::State) if self.look.is_countries() => Some(Field::Country),
            found => found,
        }
    }

    /// True if its name or its cells say that it has the references of calls.
    pub(super) fn is_of_calls(&self) -> bool {
        let name = self.name.as_ref().map(|name| fold(name.as_str()));
        self.named() == Some(Field::MessageRef)
            && (self.look.is_calls() || name.is_some_and(|name| name.starts_with("call")))
    }

    /// The field that its cells make likely, if its name says nothing.
    pub(super) fn looks(&self) -> Option<Field> {
        self.look.field().filter(|_| self.is_open())
    }

    /// What kind of values it has, in words.
    pub(super) fn values(&self) -> String {
        match self.content {
            true => "message content; it is never read".to_owned(),
            false => self.look.values(),
        }
    }

    /// Whether nothing but its cells says what it is.
    pub(super) fn is_open(&self) -> bool {
        let name = self.name.as_ref().filter(|_| !self.content);
        let sender = |name: &ShownName| is_of_the_sender(name.as_str());
        name.is_some_and(|name| !sender(name)) && self.named().is_none()
    }

    /// What its cells look like as times. A length of time is none.
    fn times(&self) -> Option<&TimeLook> {
        let name = self.name.as_ref()?;
        (!self.content && !is_span(name.as_str())).then_some(&self.look.times)
    }

    /// True if its cells are whole times.
    fn has_times(&self) -> bool {
        self.times()
            .is_some_and(|times| times.whole() != TimeGuess::Nothing)
    }

    /// True if its cells are days without a time of day.
    fn has_days(&self) -> bool {
        self.times()
            .is_some_and(|times| times.days() != TimeGuess::Nothing)
    }

    /// True if its cells are times of day. Prices look like `12.50`, too.
    fn has_clocks(&self) -> bool {
        match self.times().map(TimeLook::clocks) {
            None | Some(TimeGuess::Nothing | TimeGuess::Plain) => false,
            Some(TimeGuess::One(pattern)) => self.named().is_some() || pattern.contains(':'),
            Some(TimeGuess::OneOf(_)) => true,
        }
    }
}

/// The column of the numbers: of those that are called so, the first that looks so.
pub(super) fn column_of_numbers(columns: &[DraftColumn]) -> Option<usize> {
    let is_named = |column: &DraftColumn| column.named() == Some(Field::Number);
    let find = |fits: &dyn Fn(&DraftColumn) -> bool| columns.iter().position(fits);
    find(&|column| is_named(column) && column.look.may_be_numbers())
        .or_else(|| find(&is_named))
        .or_else(|| find(&|column| column.looks() == Some(Field::Number)))
}

/// The columns that may be the one of the numbers, if their cells are numbers: those that are called so, and those that
/// look so. Names of somebody who gets something come first. Only a person knows which of several it is.
pub(super) fn choice_of_numbers(columns: &[DraftColumn]) -> Vec<usize> {
    let is_choice = |column: &&DraftColumn| {
        let name = column.name.as_ref().map_or("", ShownName::as_str);
        let called = column.named() == Some(Field::Number)
            || column.looks() == Some(Field::Number)
            || column.is_open() && may_be_called(name);
        called && !column.content && column.look.may_be_numbers()
    };
    let found = columns.iter().enumerate();
    let found = found.filter(|(_, column)| is_choice(column));
    let mut found: Vec<usize> = found.map(|(at, _)| at).collect();
    let name = |at: usize| columns.get(at).and_then(|column| column.name.as_ref());
    found.sort_by_key(|at| !name(*at).is_some_and(|name| gets_something(name.as_str())));
    found
}

/// The column of the times, and that of the times of day if those are in one of their own. Names come before looks, and
/// a column of whole times before two.
pub(super) fn columns_of_times(columns: &[DraftColumn]) -> Option<(usize, Option<usize>)> {
    let is_named = |column: &DraftColumn| column.named() == Some(Field::SentAt);
    let find = |fits: &dyn Fn(&DraftColumn) -> bool| columns.iter().position(fits);
    let best = |fits: &dyn Fn(&DraftColumn) -> bool| {
        let named = find(&|column| is_named(column) && fits(column));
        named.or_else(|| find(&|column| column.is_open() && fits(column)))
    };
    let both = best(&DraftColumn::has_days).zip(best(&DraftColumn::has_clocks));
    let both = both.map(|(day, clock)| (day, Some(clock)));
    let one_is_named = both.filter(|(day, clock)| {
        let both = [Some(*day), *clock].into_iter().flatten();
        both.filter_map(|at| columns.get(at)).any(is_named)
    });
    let alone = |fits: &dyn Fn(&DraftColumn) -> bool| find(fits).map(|at| (at, None));
    let looks = |column: &DraftColumn| column.looks() == Some(Field::SentAt);
    // A spreadsheet writes days as their midnights, which are whole times too.
    alone(&|column| is_named(column) && column.has_times() && !column.has_days())
        .or(one_is_named)
        .or_else(|| alone(&|column| is_named(column) && column.has_times()))
        .or_else(|| alone(&|column| looks(column) && !column.has_days()))
        .or(both)
        .or_else(|| alone(&looks))
        .or_else(|| alone(&is_named))
}
