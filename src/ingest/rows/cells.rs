//! The cells of one record that are kept, as borrowed text.

use std::borrow::Cow;

use zeroize::Zeroize;

use super::nothing::says_nothing;
use crate::domain::Field;
use crate::domain::invisible::{cleaned, trim};
use crate::ingest::formats::shape::{Column, Reads};
use crate::ingest::guard::cells::{self as guard, RecordLook};
use crate::vault::plaintext::RejectCells;

/// One cell for each field, and the codes of a mobile network.
pub(in crate::ingest) struct Cells<'a> {
    texts: [&'a str; SLOTS],
    /// How the cell of the time is read.
    pub(in crate::ingest) time: Reads,
    /// What is known of all cells at once.
    pub(in crate::ingest) look: RecordLook,
    /// The bytes of the whole record, if it is of a delimited file.
    pub(in crate::ingest) record: &'a [u8],
    /// A cell has quotes around it and quotes in it.
    quotes_left: bool,
}

/// The fields that are read from a file, in the order of their codes.
pub(in crate::ingest) const FIELDS: [Field; 10] = [
    Field::Account,
    Field::User,
    Field::Number,
    Field::Carrier,
    Field::Country,
    Field::State,
    Field::SentAt,
    Field::Kind,
    Field::Channel,
    Field::MessageRef,
];

/// The slot after those of the fields says whether the owner of the log sent the message.
const DIRECTION: usize = FIELDS.len();
/// The slots after it hold the codes of a mobile network, from which the carrier may be found.
const MCC: usize = DIRECTION + 1;
const MNC: usize = MCC + 1;
/// The time of day, if it is in a column of its own.
pub(in crate::ingest) const CLOCK: usize = MNC + 1;
pub(in crate::ingest) const SLOTS: usize = CLOCK + 1;

/// The slot of a field: its index in [`FIELDS`].
pub(in crate::ingest) fn slot(field: Field) -> usize {
    usize::from(field.code()).wrapping_sub(1)
}

/// The slot that the cells of a column go into.
pub(in crate::ingest) fn slot_of(column: &Column) -> usize {
    match column.reads {
        Reads::Mcc | Reads::MccMnc => MCC,
        Reads::Mnc => MNC,
        Reads::Clock => CLOCK,
        Reads::Direction => DIRECTION,
        _ => slot(column.field),
    }
}

impl<'a> Cells<'a> {
    /// Trims the cells, which are in the order of their slots.
    pub(in crate::ingest) fn new(texts: [&'a str; SLOTS], time: Reads) -> Self {
        let mut quotes_left = false;
        Self {
            texts: texts.map(|text| unwrapped(trim(text), &mut quotes_left)),
            time,
            look: RecordLook::UNKNOWN,
            record: &[],
            quotes_left,
        }
    }

    /// The same of a record of a delimited file: the bytes of its cells, and as it is in the file.
    #[inline]
    pub(in crate::ingest) fn of_record(
        mut texts: [&'a str; SLOTS],
        time: Reads,
        (bytes, record): (&'a [u8], &'a [u8]),
    ) -> Self {
        let [time_text, number] = [Field::SentAt, Field::Number].map(|field| texts[slot(field)]);
        let look = RecordLook::of(bytes, time_text, number);
        let mut quotes_left = false;
        if !look.is_bare() {
            for text in &mut texts {
                *text = unwrapped(trim(text), &mut quotes_left);
            }
        }
        Self {
            look,
            texts,
            time,
            record,
            quotes_left,
        }
    }

    /// The cells without the marks that nobody sees and without quotes around quotes, if there may be any.
    pub(in crate::ingest) fn without_marks(&self) -> Option<SeenCells<'a>> {
        let no_marks = || self.look.is_plain() || self.texts.iter().all(|text| text.is_ascii());
        if !self.quotes_left && no_marks() {
            return None;
        }
        let seen = |text: &'a str| match single_quotes(text).filter(|_| self.quotes_left) {
            None => cleaned(text),
            Some(mut single) => {
                let seen = cleaned(&single).into_owned();
                single.zeroize();
                Cow::Owned(seen)
            }
        };
        Some(SeenCells {
            texts: self.texts.map(seen),
            time: self.time,
        })
    }

    /// The cell of a field; blank if the record has none.
    pub(in crate::ingest) fn get(&self, field: Field) -> &'a str {
        self.texts.get(slot(field)).copied().unwrap_or_default()
    }

    /// The cell of a field, or a blank if it only says that there is no value.
    pub(in crate::ingest) fn value(&self, field: Field) -> &'a str {
        match self.get(field) {
            cell if says_nothing(field, cell) => "",
            cell => cell,
        }
    }

    /// The cell of the time of day, if the day is in another one.
    pub(in crate::ingest) fn clock(&self) -> &'a str {
        self.texts.get(CLOCK).copied().unwrap_or_default()
    }

    /// All cells, by slot.
    pub(in crate::ingest) fn all(&self) -> &[&'a str] {
        &self.texts
    }

    /// Whether the owner of the log sent the message or received it, in the supplier's words.
    pub(in crate::ingest) fn direction(&self) -> &'a str {
        self.texts.get(DIRECTION).copied().unwrap_or_default()
    }

    /// The country code and the network code of a mobile network. Both may be in the first.
    pub(in crate::ingest) fn network(&self) -> [&'a str; 2] {
        [self.texts[MCC], self.texts[MNC]]
    }

    /// The cells for the quarantine, without those that are too long for their field or look
    /// like message content, and without phone numbers in other columns than theirs; `number` is one whose cell is such
    /// a number. A record that names no account is of the one that was declared.
    pub(in crate::ingest) fn rejected(&self, account: &str, number: Option<Field>) -> RejectCells {
        let cells = FIELDS
            .into_iter()
            .zip(self.texts)
            .map(|(field, cell)| match (field, cell) {
                (Field::Account, "") => (field, account),
                _ => (field, cell),
            });
        RejectCells::new(cells.filter(|(field, cell)| {
            !cell.is_empty() && Some(*field) != number && guard::may_be_kept(*field, cell)
        }))
    }
}

/// What is in a cell `="…"`, in which spreadsheets keep a text of digits, or in one whose quotes are behind a blank. If
/// there are quotes in it, they are left, and `left` says so.
#[inline]
fn unwrapped<'a>(cell: &'a str, left: &mut bool) -> &'a str {
    match cell.ends_with('"') {
        false => cell,
        true => in_quotes(cell, left),
    }
}

#[cold]
fn in_quotes<'a>(cell: &'a str, left: &mut bool) -> &'a str {
    match inside_quotes(cell) {
        Some(inside) if inside.contains('"') => {
            *left = true;
            cell
        }
        Some(inside) => trim(inside),
        None => cell,
    }
}

fn inside_quotes(cell: &str) -> Option<&str> {
    let cell = cell.strip_prefix('=').unwrap_or(cell);
    cell.strip_prefix('"')?.strip_suffix('"')
}

/// What is in a cell `"…"`, with one quote for each two. Nothing if it has no such quotes.
fn single_quotes(cell: &str) -> Option<String> {
    let inside = inside_quotes(cell)?;
    let doubled = inside.split("\"\"").all(|part| !part.contains('"'));
    doubled.then(|| inside.replace("\"\"", "\""))
}

/// The cells of a record as they look: without the marks that nobody sees. Copies are wiped on drop.
pub(in crate::ingest) struct SeenCells<'a> {
    texts: [Cow<'a, str>; SLOTS],
    time: Reads,
}

impl SeenCells<'_> {
    /// As cells.
    pub(in crate::ingest) fn cells(&self) -> Cells<'_> {
        Cells::new(self.texts.each_ref().map(Cow::as_ref), self.time)
    }
}

impl Drop for SeenCells<'_> {
    fn drop(&mut self) {
        for text in &mut self.texts {
            if let Cow::Owned(copy) = text {
                copy.zeroize();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_nobody_sees_are_not_in_a_cell() {
        let mut texts = [""; SLOTS];
        texts[slot(Field::Account)] = "\u{feff}AC\u{ad}ME\u{a0}Corp";
        texts[slot(Field::Carrier)] = "Example";
        let cells = Cells::new(texts, Reads::Text);
        let seen = cells.without_marks().unwrap();
        assert_eq!(seen.cells().get(Field::Account), "ACME Corp");
        assert_eq!(seen.cells().get(Field::Carrier), "Example");
        assert!(seen.cells().without_marks().is_none());
    }

    #[test]
    fn one_pair_of_quotes_around_a_cell_is_no_part_of_it() {
        for (cell, is) in [
            (" \"ACME\"", "ACME"),
            ("\"ACME\" ", "ACME"),
            ("=\"0012\"", "0012"),
            (" \" ACME \"", "ACME"),
            (" \"ACME \"\"Inc\"\"\"", "ACME \"Inc\""),
            (" \"\"\"ACME\"\"\"", "\"ACME\""),
            ("\"\"", ""),
            ("\"", "\""),
            ("5\"", "5\""),
            ("\"A\" and \"B\"", "\"A\" and \"B\""),
        ] {
            let mut texts = [""; SLOTS];
            texts[slot(Field::Account)] = cell;
            let cells = Cells::new(texts, Reads::Text);
            let seen = cells.without_marks();
            let account = match &seen {
                Some(seen) => seen.texts[slot(Field::Account)].as_ref(),
                None => cells.get(Field::Account),
            };
            assert_eq!(account, is, "{cell}");
        }
    }

    #[test]
    fn every_field_has_a_slot_of_its_own() {
        for (at, field) in FIELDS.into_iter().enumerate() {
            assert_eq!(slot(field), at);
        }
    }
}
