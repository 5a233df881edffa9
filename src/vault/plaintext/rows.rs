//! The batch in which rows cross from a reader into the vault: up to 65,536
//! rows of borrowed text in one wiped arena, and the rows that were refused.
//! Readers fill it; only the vault reads rows out again.

use super::raw_number::RawNumber;
use super::reject::{Reject, RejectCells, RejectKind};
use super::wiped_text::WipedText;
use crate::domain::{Field, Moment};

/// One message of a log, its cells checked and trimmed. A blank text means
/// that the log does not say.
pub struct Row<'a> {
    pub account: &'a str,
    pub user: Option<&'a str>,
    pub number: RawNumber<'a>,
    pub carrier: &'a str,
    /// Alpha-2, or blank.
    pub country: &'a str,
    pub state: &'a str,
    pub sent_at: Moment,
    pub kind: &'a str,
    pub channel: &'a str,
    pub message_ref: Option<&'a str>,
    pub country_basis: Basis,
    pub state_basis: Basis,
    pub time_basis: Basis,
    pub line: u64,
}

/// What a value of a row rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// The record says it.
    InRecord,
    /// Who admitted the file said it, of the whole file.
    Declared,
    /// It follows from the phone number.
    FromNumber,
    Absent,
}

impl Basis {
    pub const ALL: [Self; 4] = [
        Self::InRecord,
        Self::Declared,
        Self::FromNumber,
        Self::Absent,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::InRecord => "in-record",
            Self::Declared => "declared",
            Self::FromNumber => "from-number",
            Self::Absent => "absent",
        }
    }
}

/// Rows and rejects on their way into the vault. No Debug: it holds numbers.
#[derive(Default)]
pub struct RowBatch {
    arena: WipedText,
    spans: Vec<Spans>,
    rejects: Vec<Reject>,
    reject_bytes: usize,
}

impl RowBatch {
    /// How many rows, and how many rejects, a batch takes.
    pub const ROWS: usize = 65_536;
    const ARENA_BYTES: usize = 32 << 20;
    const REJECT_BYTES: usize = 16 << 20;

    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// True when the batch should be handed on before anything is added. It
    /// has room for one more row of any size for as long as this is false.
    pub fn is_full(&self) -> bool {
        self.spans.len() >= Self::ROWS
            || self.rejects.len() >= Self::ROWS
            || self.arena.len() >= Self::ARENA_BYTES
            || self.reject_bytes >= Self::REJECT_BYTES
    }

    /// Copies a row in. A full batch, or a row of gigabytes, is refused.
    pub fn push(&mut self, row: Row<'_>) -> Result<(), BatchFull> {
        let cells = [
            row.account,
            row.user.unwrap_or_default(),
            row.number.text(),
            row.carrier,
            row.country,
            row.state,
            row.kind,
            row.channel,
            row.message_ref.unwrap_or_default(),
        ];
        let size: usize = cells.iter().map(|cell| cell.len()).sum();
        if self.is_full() || u32::try_from(self.arena.len() + size).is_err() {
            return Err(BatchFull);
        }
        let mut at = self.arena.len() as u32;
        let start = at;
        let ends = cells.map(|cell| {
            self.arena.push_str(cell);
            at += cell.len() as u32;
            at
        });
        self.spans.push(Spans {
            start,
            ends,
            bases: [row.country_basis, row.state_basis, row.time_basis],
            sent_at: row.sent_at,
            line: row.line,
        });
        Ok(())
    }

    /// Adds a row that cannot be admitted.
    pub fn reject(&mut self, reject: Reject) {
        self.reject_bytes += reject.cells.size();
        self.rejects.push(reject);
    }

    /// How many rows, rejects not counted.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// True when there is neither a row nor a reject.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.rejects.is_empty()
    }

    pub fn rejects(&self) -> &[Reject] {
        &self.rejects
    }

    /// Wipes and empties the batch, and keeps its room for the next rows.
    pub fn clear(&mut self) {
        self.arena.clear();
        self.spans.clear();
        self.rejects.clear();
        self.reject_bytes = 0;
    }

    pub(in crate::vault) fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.spans
            .iter()
            .map(|spans| spans.row(self.arena.as_str()))
    }

    #[cfg(test)]
    pub(crate) fn rows_in_tests(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows()
    }
}

/// The batch takes no more rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the batch is full")]
pub struct BatchFull;

impl Row<'_> {
    /// The same row as a reject, for a fault found inside the vault.
    pub(in crate::vault) fn rejected(&self, field: Field, kind: RejectKind) -> Reject {
        let sent_at = self.sent_at.to_string();
        let cells = [
            (Field::Account, self.account),
            (Field::User, self.user.unwrap_or_default()),
            (Field::Number, self.number.text()),
            (Field::Carrier, self.carrier),
            (Field::Country, self.country),
            (Field::State, self.state),
            (Field::SentAt, sent_at.as_str()),
            (Field::Kind, self.kind),
            (Field::Channel, self.channel),
            (Field::MessageRef, self.message_ref.unwrap_or_default()),
        ];
        Reject {
            line: self.line,
            column: Some(field.label()),
            kind,
            cells: RejectCells::new(cells.into_iter().filter(|(_, cell)| !cell.is_empty())),
        }
    }
}

/// Where a row's cells end in the arena, each beginning where the one before
/// it ends, and its values that are not text.
struct Spans {
    start: u32,
    ends: [u32; 9],
    bases: [Basis; 3],
    sent_at: Moment,
    line: u64,
}

impl Spans {
    fn row<'a>(&self, arena: &'a str) -> Row<'a> {
        let mut start = self.start as usize;
        let [
            account,
            user,
            number,
            carrier,
            country,
            state,
            kind,
            channel,
            message_ref,
        ] = self.ends.map(|end| {
            let cell = arena.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            cell
        });
        let [country_basis, state_basis, time_basis] = self.bases;
        Row {
            account,
            user: Some(user).filter(|text| !text.is_empty()),
            number: RawNumber::new(number),
            carrier,
            country,
            state,
            sent_at: self.sent_at,
            kind,
            channel,
            message_ref: Some(message_ref).filter(|text| !text.is_empty()),
            country_basis,
            state_basis,
            time_basis,
            line: self.line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: &str, line: u64) -> Row<'_> {
        Row {
            account: "acme",
            user: None,
            number: RawNumber::new(number),
            carrier: "Example Wireless",
            country: "US",
            state: "",
            sent_at: Moment::from_seconds(1_711_060_489),
            kind: "sms",
            channel: "",
            message_ref: Some("m-1"),
            country_basis: Basis::InRecord,
            state_basis: Basis::Absent,
            time_basis: Basis::Declared,
            line,
        }
    }

    #[test]
    fn rows_come_out_as_they_went_in() {
        let mut batch = RowBatch::new();
        for line in 0..1000 {
            batch
                .push(row(&format!("+1202555{:04}", line % 200), line))
                .unwrap();
        }
        assert_eq!((batch.len(), batch.rows().len()), (1000, 1000));
        let last = batch.rows().last().unwrap();
        assert_eq!(last.number.text(), "+12025550199");
        assert_eq!(
            (last.account, last.user, last.message_ref),
            ("acme", None, Some("m-1"))
        );
        assert_eq!(
            (last.carrier, last.country, last.state),
            ("Example Wireless", "US", "")
        );
        assert_eq!((last.kind, last.channel, last.line), ("sms", "", 999));
        assert_eq!(last.time_basis, Basis::Declared);
        batch.clear();
        assert!(batch.is_empty());
    }

    #[test]
    fn a_full_batch_takes_no_more_rows() {
        let mut batch = RowBatch::new();
        for line in 0..RowBatch::ROWS as u64 {
            assert!(!batch.is_full());
            batch.push(row("+12025550142", line)).unwrap();
        }
        assert!(batch.is_full());
        assert_eq!(batch.push(row("+12025550142", 0)), Err(BatchFull));
    }

    #[test]
    fn a_row_refused_in_the_vault_keeps_its_cells_for_the_quarantine() {
        let reject = row("12025550***", 7).rejected(Field::Number, RejectKind::Masked);
        assert_eq!((reject.line, reject.column), (7, Some("number")));
        let cells: serde_json::Value = serde_json::from_str(reject.cells.text()).unwrap();
        assert_eq!(cells["number"], "12025550***");
        assert_eq!(cells["sent_at"], "2024-03-21T22:34:49Z");
        assert!(cells.get("user").is_none());
    }
}
