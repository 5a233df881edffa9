//! The mapped cells of one record: what is kept of it, as borrowed text.

use super::guard;
use super::shape::{Column, Reads};
use crate::domain::Field;
use crate::vault::plaintext::{RejectCells, RejectKind};

pub(super) struct Cells<'a> {
    texts: [&'a str; SLOTS],
    /// How the time is written.
    pub(super) time: Reads,
}

/// One record of a file: where it begins, and its cells or what is wrong with
/// all of them.
pub(super) struct Record<T> {
    pub(super) line: u64,
    pub(super) cells: Result<T, RejectKind>,
}

/// The fields that are read from a file, in the order of their codes.
pub(super) const FIELDS: [Field; 10] = [
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

/// Behind the fields: the codes of a mobile network, from which a carrier may
/// be worked out.
const MCC: usize = FIELDS.len();
const MNC: usize = MCC + 1;
pub(super) const SLOTS: usize = MNC + 1;

/// Where a field stands among [`FIELDS`].
pub(super) fn slot(field: Field) -> usize {
    usize::from(field.code()).wrapping_sub(1)
}

/// Where the cells of a column stand.
pub(super) fn slot_of(column: &Column) -> usize {
    match column.reads {
        Reads::Mcc | Reads::MccMnc => MCC,
        Reads::Mnc => MNC,
        _ => slot(column.field),
    }
}

impl<'a> Cells<'a> {
    /// Takes the cells in the order of [`FIELDS`], trimmed, and the codes of a
    /// network behind them.
    pub(super) fn new(texts: [&'a str; SLOTS], time: Reads) -> Self {
        Self {
            texts: texts.map(trim),
            time,
        }
    }

    pub(super) fn get(&self, field: Field) -> &'a str {
        self.texts.get(slot(field)).copied().unwrap_or_default()
    }

    /// The country code and the code of a mobile network; both may stand in
    /// the first.
    pub(super) fn network(&self) -> [&'a str; 2] {
        let [.., mcc, mnc] = self.texts;
        [mcc, mnc]
    }

    /// The cells for the quarantine, without those that are too long for what
    /// they should be or look like the content of a message.
    pub(super) fn rejected(&self) -> RejectCells {
        let cells = FIELDS.into_iter().zip(self.texts);
        RejectCells::new(
            cells.filter(|(field, cell)| !cell.is_empty() && guard::may_be_kept(*field, cell)),
        )
    }
}

/// `str::trim`, with a short way for what needs none.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_in_its_own_slot() {
        for (at, field) in FIELDS.into_iter().enumerate() {
            assert_eq!(slot(field), at);
        }
    }
}
