//! The text of a draft of a mapping.

use std::fmt::Write as _;

use super::draft_column::{DraftColumn, choice_of_numbers, column_of_numbers, columns_of_times};
use super::time_look::TimeGuess;
use super::usual_names::says_utc;
use crate::domain::Field;
use crate::ingest::column_name::ShownName;
use crate::ingest::rows::cells::FIELDS;

/// A draft that is written.
pub(super) struct DraftText<'c> {
    text: String,
    columns: &'c [DraftColumn],
    /// By column: it is of a field.
    taken: Vec<bool>,
}

impl<'c> DraftText<'c> {
    /// The draft for a file of these columns. `sheet` says which sheet of a workbook it is, if somebody chose one.
    pub(super) fn of(container: &str, sheet: Option<&str>, columns: &'c [DraftColumn]) -> String {
        let sheet =
            sheet.map(|sheet| format!("# It is of {sheet}: admit it with the same sheet=.\n"));
        let mut draft = Self {
            text: format!(
                "{HEAD}{}container = \"{container}\"\n",
                sheet.unwrap_or_default()
            ),
            columns,
            taken: vec![false; columns.len()],
        };
        for field in FIELDS {
            draft.write_field(field);
        }
        draft.write_rest();
        draft.text
    }

    fn write_field(&mut self, field: Field) {
        let choice = match field {
            Field::Number => choice_of_numbers(self.columns),
            _ => Vec::new(),
        };
        if choice.len() > 1 {
            self.write_choice(&choice);
            return;
        }
        let (found, clock) = match field {
            Field::Number => {
                let only = choice.first().copied();
                (only.or_else(|| column_of_numbers(self.columns)), None)
            }
            Field::SentAt => match columns_of_times(self.columns) {
                Some((found, clock)) => (Some(found), clock),
                None => (None, None),
            },
            _ => {
                let mut columns = self.columns.iter();
                (
                    columns.position(|column| column.named() == Some(field)),
                    None,
                )
            }
        };
        let Some((at, column)) = found.and_then(|at| Some((at, self.columns.get(at)?))) else {
            let mut columns = self.columns.iter();
            match field {
                Field::Number | Field::SentAt => self.write_question(field),
                Field::Kind if columns.any(DraftColumn::is_of_calls) => {
                    self.text.push_str(CALLS);
                }
                _ => {}
            }
            return;
        };
        for taken in [Some(at), clock].into_iter().flatten() {
            if let Some(taken) = self.taken.get_mut(taken) {
                *taken = true;
            }
        }
        let (label, name) = (field.label(), shown(column));
        let _ = write!(self.text, "\n[{label}]\ncolumn = \"{name}\"\n");
        let form = match field {
            Field::Country => column.look.country_form(),
            Field::Carrier => column.look.carrier_form(),
            _ => None,
        };
        if let Some(form) = form {
            let _ = writeln!(self.text, "form = \"{form}\"");
        }
        if field == Field::Number && column.look.lacks_a_plus() {
            self.text.push_str(NO_PLUS);
        }
        if field == Field::SentAt {
            let clock = clock.and_then(|clock| self.columns.get(clock));
            self.write_times(column, clock);
        }
    }

    /// How the times are written, and which zone they are in.
    fn write_times(&mut self, column: &DraftColumn, clock: Option<&DraftColumn>) {
        let times = &column.look.times;
        let (guess, local) = match clock {
            None => (times.whole(), times.needs_a_zone()),
            Some(clock) => {
                let _ = writeln!(self.text, "time_column = \"{}\"", shown(clock));
                let clocks = &clock.look.times;
                (joined(times.days(), clocks.clocks()), clocks.needs_a_zone())
            }
        };
        let _ = match &guess {
            TimeGuess::Nothing if clock.is_none() && times.days() != TimeGuess::Nothing => {
                write!(self.text, "{NO_CLOCK}")
            }
            TimeGuess::Nothing => writeln!(self.text, "# time = \"\"  # such as %d/%m/%Y %H:%M:%S"),
            TimeGuess::Plain => {
                writeln!(self.text, "# read as they are written: no key needed")
            }
            TimeGuess::One(one) => writeln!(self.text, "time = \"{one}\""),
            TimeGuess::OneOf(several) => {
                let choices = several.iter().map(|one| format!("# time = \"{one}\"\n"));
                let choices: String = choices.collect();
                write!(
                    self.text,
                    "# Day, month and year cannot be told apart here; choose the right one:\n{choices}"
                )
            }
        };
        let both = [Some(column), clock].into_iter().flatten();
        let utc = both.filter_map(|column| column.name.as_ref());
        let utc = utc.map(ShownName::as_str).any(says_utc);
        match (local, utc) {
            (false, _) => {}
            (true, true) => self.text.push_str("# Its name says so:\nzone = \"UTC\"\n"),
            (true, false) => self
                .text
                .push_str("# The times name no zone; declare it:\n# zone = \"UTC\"\n"),
        }
    }

    /// A field that is required and of which no column was found, with the columns that it may be. The reader of the
    /// draft knows whether ten digits are a number without a plus or seconds since 1970.
    fn write_question(&mut self, field: Field) {
        let label = field.label();
        let _ = write!(
            self.text,
            "\n# Required: which column is it?\n# [{label}]\n# column = \"\"\n"
        );
        for column in self.columns.iter().filter(|column| column.is_open()) {
            let either = column.look.is_number_or_time();
            let question = match (either, field) {
                (true, _) => "Number, or time? Its cells are digits only",
                (false, Field::Number) if column.look.is_digits() => {
                    "Its cells are digits without a plus"
                }
                _ => continue,
            };
            let _ = write!(
                self.text,
                "# {question}:\n# column = \"{}\"\n",
                shown(column)
            );
            if let (Field::SentAt, TimeGuess::One(form)) = (field, column.look.times.whole()) {
                let _ = writeln!(self.text, "# time = \"{form}\"");
            }
        }
    }

    /// Several columns of numbers. Which of them is of the people in the log, their cells do not say.
    fn write_choice(&mut self, columns: &[usize]) {
        self.text.push_str(SEVERAL);
        for at in columns {
            let column = self.columns.get(*at);
            let name = column.map_or("", shown);
            let _ = writeln!(self.text, "# column = \"{name}\"");
            if let Some(taken) = self.taken.get_mut(*at) {
                *taken = true;
            }
        }
        let lacks_a_plus = |at: &usize| {
            let column = self.columns.get(*at);
            column.is_some_and(|column| column.look.lacks_a_plus())
        };
        if columns.iter().any(lacks_a_plus) {
            self.text.push_str(NO_PLUS);
        }
    }

    /// The columns that are of no field.
    fn write_rest(&mut self) {
        let (mut content, mut rest) = (Vec::new(), Vec::new());
        for (at, (column, taken)) in self.columns.iter().zip(&self.taken).enumerate() {
            let shown = column.name.clone();
            let shown = shown.unwrap_or_else(|| ShownName::of_column(at));
            match (column.content, taken) {
                (true, _) => content.push(shown),
                (false, false) => rest.push(shown),
                (false, true) => {}
            }
        }
        for (head, names) in [
            ("Message content; never read:", content),
            ("Not read unless you map them:", rest),
        ] {
            if names.is_empty() {
                continue;
            }
            let _ = write!(self.text, "\n# {head}\n");
            for name in names {
                let _ = writeln!(self.text, "#   {name}");
            }
        }
    }
}

fn shown(column: &DraftColumn) -> &str {
    column.name.as_ref().map_or("", ShownName::as_str)
}

/// How a day and a time of day in two columns are written, put together.
fn joined(days: TimeGuess, clocks: TimeGuess) -> TimeGuess {
    let TimeGuess::One(clock) = clocks else {
        return TimeGuess::Nothing;
    };
    let with_clock = |day: String| format!("{day} {clock}");
    match days {
        TimeGuess::One(day) => TimeGuess::One(with_clock(day)),
        TimeGuess::OneOf(days) => TimeGuess::OneOf(days.into_iter().map(with_clock).collect()),
        TimeGuess::Nothing | TimeGuess::Plain => TimeGuess::Nothing,
    }
}

const NO_PLUS: &str = "# Numbers without a plus are read in region= (such as region=US), else in the country of their \
    row.\n# If they begin with a calling code:\n# form = \"international\"\n";
const SEVERAL: &str = "\n# Required: several columns are of phone numbers. Keep the line of the one of whoever got the \
    messages:\n# [number]\n";
const CALLS: &str = "\n# Its references are those of calls:\n[kind]\nvalue = \"phone\"\n";
const NO_CLOCK: &str = "# Its cells are days alone, and a day alone is no time: no row can be admitted.\n# Ask the \
    sender for the time of day of each message, or name the column that has it:\n# time_column = \"\"\n";
const HEAD: &str = "# A draft: check and complete it, then admit the file with it.\n\
    # docs/mapping.md lists the keys.\n";
