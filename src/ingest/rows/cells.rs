//! The cells of one record that are kept, as borrowed text.

use crate::domain::Field;
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

/// The slots after those of the fields hold the codes of a mobile network, from which the
/// carrier may be found.
const MCC: usize = FIELDS.len();
const MNC: usize = MCC + 1;
pub(in crate::ingest) const SLOTS: usize = MNC + 1;

/// The slot of a field: its index in [`FIELDS`].
pub(in crate::ingest) fn slot(field: Field) -> usize {
    usize::from(field.code()).wrapping_sub(1)
}

/// The slot that the cells of a column go into.
pub(in crate::ingest) fn slot_of(column: &Column) -> usize {
    match column.reads {
        Reads::Mcc | Reads::MccMnc => MCC,
        Reads::Mnc => MNC,
        _ => slot(column.field),
    }
}

impl<'a> Cells<'a> {
    /// Trims the cells, which are in the order of their slots.
    pub(in crate::ingest) fn new(texts: [&'a str; SLOTS], time: Reads) -> Self {
        Self {
            texts: texts.map(trim),
            time,
            look: RecordLook::UNKNOWN,
        }
    }

    /// The same cells, with what is known of all of them.
    pub(in crate::ingest) fn looked_at(self, look: RecordLook) -> Self {
        Self { look, ..self }
    }

    /// The cell of a field; blank if the record has none.
    pub(in crate::ingest) fn get(&self, field: Field) -> &'a str {
        self.texts.get(slot(field)).copied().unwrap_or_default()
    }

    /// The country code and the network code of a mobile network. Both may be in the first.
    pub(in crate::ingest) fn network(&self) -> [&'a str; 2] {
        let [.., mcc, mnc] = self.texts;
        [mcc, mnc]
    }

    /// The cells for the quarantine, without those that are too long for their field or look
    /// like message content.
    pub(in crate::ingest) fn rejected(&self) -> RejectCells {
        let cells = FIELDS.into_iter().zip(self.texts);
        RejectCells::new(
            cells.filter(|(field, cell)| !cell.is_empty() && guard::may_be_kept(*field, cell)),
        )
    }
}

/// `str::trim`, faster for text that has nothing to trim.
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
    fn every_field_has_a_slot_of_its_own() {
        for (at, field) in FIELDS.into_iter().enumerate() {
            assert_eq!(slot(field), at);
        }
    }
}
