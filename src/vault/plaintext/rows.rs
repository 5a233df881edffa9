//! A batch of rows on the way from a reader to the vault: up to 65,536 rows, column by column in arenas that are wiped,
//! and the rows that were refused. A field with few distinct values has each value once, so that the vault looks it up
//! once for a batch. Readers fill the batch; only the vault reads the rows.

use std::collections::HashMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::fingerprinter::Fingerprinter;
use super::raw_number::RawNumber;
use super::reject::{Reject, RejectCells, RejectKind};
use super::skip::SkipKind;
use super::texts::Texts;
use crate::domain::{Field, Moment, words};

/// One message of a log, with its cells checked and trimmed. A blank text means that the log has no value.
pub struct Row<'a> {
    /// The customer account the message was sent for.
    pub account: &'a str,
    /// The user name in that account.
    pub user: Option<&'a str>,
    /// The receiver's number, as it was written.
    pub number: RawNumber<'a>,
    /// The carrier's name as it was logged.
    pub carrier: &'a str,
    /// Alpha-2, or blank.
    pub country: &'a str,
    /// The state as it was logged.
    pub state: &'a str,
    /// When the message was sent, in whole seconds.
    pub sent_at: Moment,
    /// The kind of message, such as a passcode.
    pub kind: &'a str,
    /// The way it was sent, such as `sms`.
    pub channel: &'a str,
    /// The supplier's reference of the message.
    pub message_ref: Option<&'a str>,
    /// Whether the format documents the reference as the id of one message. Otherwise two rows with one reference may
    /// be two messages, and their times are compared as well.
    pub reference_is_id: bool,
    /// How finely the record says when it was sent.
    pub fineness: Fineness,
    /// Where the country comes from.
    pub country_basis: Basis,
    /// Where the state comes from.
    pub state_basis: Basis,
    /// Where the zone of the time comes from.
    pub time_basis: Basis,
    /// The line of the file, from 1.
    pub line: u64,
}

/// How finely a record says when its message was sent. The vault keeps whole seconds; the rest only tells the rows of
/// one file apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fineness {
    /// Its second is not written.
    Minute,
    /// To the second.
    Second,
    /// The nanoseconds after the second.
    Fraction(u32),
}

words! {
    /// Where a value of a row comes from.
    pub enum Basis {
        /// From the record.
        InRecord => "in-record",
        /// Declared for the whole file by the operator who admitted it.
        Declared => "declared",
        /// Derived from the phone number.
        FromNumber => "from-number",
        /// There is no value.
        Absent => "absent",
    }
}

/// Rows and rejects on the way into the vault, column by column. It has numbers and therefore no Debug.
#[derive(Default)]
pub struct RowBatch {
    /// In the order of [`TEXTS`].
    values: [Values; TEXTS.len()],
    numbers: Texts,
    /// The numbers are of a format with international digits. A batch is of one file, and so of one format.
    international: bool,
    /// The digits of numbers written as plain E.164, 0 for all others.
    digits: Zeroizing<Vec<u64>>,
    users: Texts,
    references: Texts,
    /// In an admission, computes the fingerprint of each name and reference when it is added.
    fingerprinter: Option<Arc<Fingerprinter>>,
    user_prints: Vec<u64>,
    reference_prints: Vec<u128>,
    references_are_ids: bool,
    sent_at: Vec<i64>,
    fineness: Vec<Fineness>,
    /// Of country, state and time.
    bases: Vec<[Basis; 3]>,
    lines: Vec<u64>,
    rejects: Vec<Reject>,
    reject_bytes: usize,
    /// The lines of the rejects that are not one line each: how many more or fewer.
    reject_lines: i64,
    /// The rows that do not stand for one line, and how many each stands for.
    spans: Vec<(u32, u64)>,
    /// By [`SkipKind`]: lines that are no row.
    skipped: [u64; SkipKind::ALL.len()],
    /// By [`SkipKind`]: records that are no row.
    skipped_records: [u64; SkipKind::ALL.len()],
    unknown_countries: u64,
    blank_accounts: u64,
    last: Last,
}

/// What was added to a batch last.
#[derive(Default, Clone, Copy)]
enum Last {
    #[default]
    Nothing,
    Row,
    Reject,
}

/// The fields with few distinct values, whose values a batch has once each.
pub(in crate::vault) const TEXTS: [Field; 6] = [
    Field::Account,
    Field::Carrier,
    Field::Country,
    Field::State,
    Field::Kind,
    Field::Channel,
];

impl RowBatch {
    /// The largest number of rows in a batch, and the largest number of rejects.
    pub const ROWS: usize = 65_536;
    const TEXT_BYTES: usize = 32 << 20;
    const REJECT_BYTES: usize = 16 << 20;

    /// An empty batch outside an admission, without fingerprints.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty batch for an admission.
    pub(in crate::vault) fn with_prints(fingerprinter: Arc<Fingerprinter>) -> Self {
        Self {
            fingerprinter: Some(fingerprinter),
            ..Self::default()
        }
    }

    /// Whether the batch must be handed on before another row is added. Otherwise it has room for one more row of any
    /// size.
    pub fn is_full(&self) -> bool {
        self.lines.len() >= Self::ROWS
            || self.rejects.len() >= Self::ROWS
            || self.text_bytes() >= Self::TEXT_BYTES
            || self.reject_bytes >= Self::REJECT_BYTES
    }

    /// Copies a row into the batch. Fails if the batch is full, or if the row has gigabytes.
    pub fn push(&mut self, row: Row<'_>) -> Result<(), BatchFull> {
        let texts = [
            row.account,
            row.carrier,
            row.country,
            row.state,
            row.kind,
            row.channel,
        ];
        let number = row.number.text();
        let (user, reference) = (
            row.user.unwrap_or_default(),
            row.message_ref.unwrap_or_default(),
        );
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        let longest = longest
            .max(number.len())
            .max(user.len())
            .max(reference.len());
        if self.is_full() || longest > Self::TEXT_BYTES {
            return Err(BatchFull);
        }
        for (values, text) in self.values.iter_mut().zip(texts) {
            values.push(text);
        }
        if self.digits.capacity() == 0 {
            // Allocated at its full size, because a growing list would leave digits in freed memory.
            self.digits.reserve_exact(Self::ROWS);
        }
        self.digits.push(plain_digits(number));
        self.numbers.push(number);
        self.international = row.number.is_international();
        self.users.push(user);
        self.references.push(reference);
        if let Some(prints) = &self.fingerprinter {
            // A blank text is neither a name nor a reference.
            self.user_prints.push(match user {
                "" => 0,
                name => (prints.of_text(name) as u64).max(1),
            });
            self.reference_prints.push(match reference {
                "" => 0,
                text => prints.of_text(text).max(1),
            });
        }
        // All rows of a file have references of one kind.
        self.references_are_ids = row.reference_is_id;
        self.sent_at.push(row.sent_at.seconds());
        self.fineness.push(row.fineness);
        self.bases
            .push([row.country_basis, row.state_basis, row.time_basis]);
        self.lines.push(row.line);
        self.last = Last::Row;
        Ok(())
    }

    /// Says for how many lines of the file the row or the reject stands that was added last. Without this it is one.
    /// Where several rows come of one line, the first stands for it.
    pub fn stands_for(&mut self, lines: u64) {
        if lines == 1 {
            return;
        }
        match self.last {
            Last::Row => self
                .spans
                .push((self.len().saturating_sub(1) as u32, lines)),
            Last::Reject => self.reject_lines += lines as i64 - 1,
            Last::Nothing => {}
        }
    }

    /// Counts lines that are no row.
    pub fn skip(&mut self, kind: SkipKind, lines: u64) {
        if let Some(count) = self.skipped.get_mut(kind as usize) {
            *count += lines;
        }
    }

    /// Counts a record that is no row, and its lines.
    pub fn skip_record(&mut self, kind: SkipKind, lines: u64) {
        if let Some(count) = self.skipped_records.get_mut(kind as usize) {
            *count += 1;
        }
        self.skip(kind, lines);
    }

    /// Counts a row whose country is no country that is known. The row has none.
    pub fn count_unknown_country(&mut self) {
        self.unknown_countries += 1;
    }

    /// Counts a row that names no account, where none was declared.
    pub fn count_blank_account(&mut self) {
        self.blank_accounts += 1;
    }

    /// Adds a row that cannot be admitted.
    pub fn reject(&mut self, reject: Reject) {
        self.reject_bytes += reject.cells.size();
        self.last = Last::Reject;
        self.rejects.push(reject);
    }

    /// How many rows, rejects not counted.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is neither a row nor a reject.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.rejects.is_empty()
    }

    /// The rejects in the order they were added.
    pub fn rejects(&self) -> &[Reject] {
        &self.rejects
    }

    /// Wipes and empties the batch. The memory is kept for the next rows.
    pub fn clear(&mut self) {
        for values in &mut self.values {
            values.clear();
        }
        self.numbers.clear();
        self.digits.fill(0);
        self.digits.clear();
        self.users.clear();
        self.references.clear();
        self.user_prints.clear();
        self.reference_prints.clear();
        self.sent_at.clear();
        self.fineness.clear();
        self.bases.clear();
        self.lines.clear();
        self.rejects.clear();
        self.reject_lines = 0;
        self.spans.clear();
        self.skipped = Default::default();
        self.skipped_records = Default::default();
        self.unknown_countries = 0;
        self.blank_accounts = 0;
        self.last = Last::Nothing;
        self.reject_bytes = 0;
    }

    /// The distinct values of a field of [`TEXTS`], and for each row the position of its value among them.
    pub(in crate::vault) fn values(&self, place: usize) -> (&Texts, &[u32]) {
        match self.values.get(place) {
            Some(values) => (&values.texts, &values.rows),
            None => (&self.users, &[]),
        }
    }

    pub(in crate::vault) fn number(&self, row: usize) -> RawNumber<'_> {
        RawNumber::of_international(self.numbers.get(row), self.international)
    }

    /// The country of a row, or a blank text.
    pub(in crate::vault) fn country(&self, row: usize) -> &str {
        let place = TEXTS.iter().position(|field| *field == Field::Country);
        let values = place.and_then(|place| self.values.get(place));
        values.map_or("", |values| values.get(row))
    }

    /// The digits in the clear. Like `Phone::expose_digits`, only the number table of an admission may call this.
    pub(in crate::vault) fn expose_digits(&self) -> &[u64] {
        &self.digits
    }

    /// The user names; a blank one is missing.
    pub(in crate::vault) fn users(&self) -> &Texts {
        &self.users
    }

    /// Takes the user names from the batch that `is` says so of; it is given the name, its fingerprint and the country
    /// of the row.
    pub(in crate::vault) fn drop_users(&mut self, mut is: impl FnMut(&str, u64, &str) -> bool) {
        let print = |row: usize| self.user_prints.get(row).copied().unwrap_or_default();
        let names = self.users.iter().enumerate();
        let dropped: Vec<bool> = names
            .map(|(row, name)| is(name, print(row), self.country(row)))
            .collect();
        if !dropped.contains(&true) {
            return;
        }
        let mut kept = Texts::default();
        for (name, dropped) in self.users.iter().zip(&dropped) {
            kept.push(if *dropped { "" } else { name });
        }
        self.users = kept;
        for (print, dropped) in self.user_prints.iter_mut().zip(&dropped) {
            if *dropped {
                *print = 0;
            }
        }
    }

    /// The message references; a blank one is missing.
    pub(in crate::vault) fn references(&self) -> &Texts {
        &self.references
    }

    /// The fingerprints of the user names and of the message references, 0 for blank ones. Empty if the batch was not
    /// made for an admission.
    pub(in crate::vault) fn prints(&self) -> Option<(&[u64], &[u128])> {
        self.fingerprinter.as_ref()?;
        Some((&self.user_prints, &self.reference_prints))
    }

    pub(in crate::vault) fn sent_at(&self) -> &[i64] {
        &self.sent_at
    }

    pub(in crate::vault) fn fineness(&self) -> &[Fineness] {
        &self.fineness
    }

    /// Whether a reference and a number name one message.
    pub(in crate::vault) fn references_are_ids(&self) -> bool {
        self.references_are_ids
    }

    pub(in crate::vault) fn lines(&self) -> &[u64] {
        &self.lines
    }

    pub(in crate::vault) fn bases(&self) -> &[[Basis; 3]] {
        &self.bases
    }

    /// The rows that do not stand for one line of the file, in order, and how many each stands for.
    pub fn spans(&self) -> &[(u32, u64)] {
        &self.spans
    }

    /// How many lines the rejects stand for.
    pub fn reject_lines(&self) -> u64 {
        (self.rejects.len() as u64).saturating_add_signed(self.reject_lines)
    }

    /// How many lines are no row, by reason.
    pub fn skipped(&self) -> impl Iterator<Item = (SkipKind, u64)> {
        SkipKind::ALL.into_iter().zip(self.skipped)
    }

    /// How many records are no row, by reason. Several may be on one line.
    pub fn skipped_records(&self) -> impl Iterator<Item = (SkipKind, u64)> {
        SkipKind::ALL.into_iter().zip(self.skipped_records)
    }

    /// How many rows named a country that is not known.
    pub fn unknown_countries(&self) -> u64 {
        self.unknown_countries
    }

    /// How many rows name no account.
    pub fn blank_accounts(&self) -> u64 {
        self.blank_accounts
    }

    /// Makes a reject of a row, for a fault that the vault found.
    pub(in crate::vault) fn rejected(&self, row: usize, field: Field, kind: RejectKind) -> Reject {
        let row = self.row(row);
        let sent_at = row.sent_at.to_string();
        let cells = [
            (Field::Account, row.account),
            (Field::User, row.user.unwrap_or_default()),
            (Field::Number, row.number.text()),
            (Field::Carrier, row.carrier),
            (Field::Country, row.country),
            (Field::State, row.state),
            (Field::SentAt, sent_at.as_str()),
            (Field::Kind, row.kind),
            (Field::Channel, row.channel),
            (Field::MessageRef, row.message_ref.unwrap_or_default()),
        ];
        Reject {
            line: row.line,
            column: Some(field.label()),
            kind,
            cells: RejectCells::new(cells.into_iter().filter(|(_, cell)| !cell.is_empty())),
        }
    }

    #[cfg(test)]
    pub(crate) fn rows_in_tests(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|row| self.row(row))
    }

    fn row(&self, row: usize) -> Row<'_> {
        let [account, carrier, country, state, kind, channel] =
            self.values.each_ref().map(|values| values.get(row));
        let some = |text: &'_ str| !text.is_empty();
        let [country_basis, state_basis, time_basis] =
            self.bases.get(row).copied().unwrap_or([Basis::Absent; 3]);
        Row {
            account,
            user: Some(self.users.get(row)).filter(|text| some(text)),
            number: self.number(row),
            carrier,
            country,
            state,
            sent_at: Moment::from_seconds(self.sent_at.get(row).copied().unwrap_or_default()),
            kind,
            channel,
            message_ref: Some(self.references.get(row)).filter(|text| some(text)),
            reference_is_id: self.references_are_ids,
            fineness: self.fineness.get(row).copied().unwrap_or(Fineness::Second),
            country_basis,
            state_basis,
            time_basis,
            line: self.lines.get(row).copied().unwrap_or_default(),
        }
    }

    fn text_bytes(&self) -> usize {
        self.numbers.bytes()
            + self.users.bytes()
            + self.references.bytes()
            + self
                .values
                .iter()
                .map(|values| values.texts.bytes())
                .sum::<usize>()
    }
}

/// The distinct values of one field in a batch, and for each row the position of its value among them.
#[derive(Default)]
struct Values {
    texts: Texts,
    rows: Vec<u32>,
    known: HashMap<Box<str>, u32>,
    /// A cache of values by a cheap hash, so that most rows need no other lookup.
    recent: Vec<u32>,
}

const RECENT: usize = 4096;

impl Values {
    fn push(&mut self, text: &str) {
        let slot = cheap_hash(text) % RECENT;
        let recent = self.recent.get(slot).copied();
        let at = match recent.filter(|at| self.is(*at, text)) {
            Some(at) => at,
            None => self.find(text, slot),
        };
        self.rows.push(at);
    }

    fn is(&self, at: u32, text: &str) -> bool {
        (at as usize) < self.texts.len() && self.texts.get(at as usize) == text
    }

    fn find(&mut self, text: &str, slot: usize) -> u32 {
        let at = match self.known.get(text) {
            Some(at) => *at,
            None => {
                let at = self.texts.len() as u32;
                self.texts.push(text);
                self.known.insert(text.into(), at);
                at
            }
        };
        self.recent.resize(RECENT, 0);
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = at;
        }
        at
    }

    fn get(&self, row: usize) -> &str {
        self.rows
            .get(row)
            .map_or("", |at| self.texts.get(*at as usize))
    }

    fn clear(&mut self) {
        self.texts.clear();
        self.rows.clear();
        self.known.clear();
    }
}

/// The first and last eight bytes and the length, mixed.
fn cheap_hash(text: &str) -> usize {
    let bytes = text.as_bytes();
    let word = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |word: u64, byte| word << 8 | u64::from(*byte))
    };
    let front = match bytes.first_chunk::<8>() {
        Some(front) => u64::from_be_bytes(*front),
        None => word(bytes),
    };
    let back = bytes
        .last_chunk::<8>()
        .map_or(0, |back| u64::from_be_bytes(*back));
    let mixed =
        (front ^ back.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
}

/// The digits of a text that is `+` and 7 to 15 digits, the first not 0; else 0.
fn plain_digits(text: &str) -> u64 {
    let Some(digits) = text.as_bytes().strip_prefix(b"+") else {
        return 0;
    };
    if !(7..=15).contains(&digits.len()) || digits.first() == Some(&b'0') {
        return 0;
    }
    let mut number = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return 0;
        }
        number = number * 10 + u64::from(digit);
    }
    number
}

/// The batch is full, or the row is too large for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the batch is full")]
pub struct BatchFull;

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
            reference_is_id: false,
            fineness: Fineness::Second,
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
        assert_eq!((batch.len(), batch.rows_in_tests().len()), (1000, 1000));
        let last = batch.rows_in_tests().last().unwrap();
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
        let mut batch = RowBatch::new();
        batch.push(row("+12025550142", 6)).unwrap();
        batch.push(row("12025550***", 7)).unwrap();
        let reject = batch.rejected(1, Field::Number, RejectKind::Masked);
        assert_eq!((reject.line, reject.column), (7, Some("number")));
        let cells: serde_json::Value = serde_json::from_str(reject.cells.text()).unwrap();
        assert_eq!(cells["number"], "12025550***");
        assert_eq!(cells["sent_at"], "2024-03-21T22:34:49Z");
        assert!(cells.get("user").is_none());
    }

    #[test]
    fn few_values_stand_once_and_plain_numbers_are_digits() {
        let mut batch = RowBatch::new();
        for line in 0..10_000 {
            let (account, number) = (
                format!("a{}", line % 5_000),
                format!("+1202555{:04}", line % 200),
            );
            let row = row(&number, line);
            batch
                .push(Row {
                    account: &account,
                    ..row
                })
                .unwrap();
        }
        let (texts, rows) = batch.values(0);
        assert_eq!((texts.len(), rows.len()), (5_000, 10_000));
        assert!(
            (0..10_000).all(|row| texts.get(rows[row] as usize) == format!("a{}", row % 5_000))
        );
        assert!(batch.expose_digits()[7] == 12_025_550_007);
        for text in [
            "12025550142",
            "+0202555014",
            "+1202555014x",
            "+120255",
            "+1202555014212345",
            "",
        ] {
            assert_eq!(plain_digits(text), 0, "{text}");
        }
    }
}
