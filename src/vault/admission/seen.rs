//! Finds messages that the file has already. What is compared, depends on the reference:
//!
//! * the format documents it as the id of a message: reference, account and number;
//! * a supplier's CSV or a mapping has it: reference, account, number and time, as finely as the coarser of the two
//!   times is written, so that the same message is found in a copy that lost its seconds;
//! * there is none: the whole row. Rows that differ in the fraction of a second are two messages.
//!
//! Fractions of a second tell rows of one file apart and are not kept. Against earlier exhibits whole seconds count.
//! Files are read in batches: a row before the first batch that has a time to the minute is not compared with such
//! times.
//!
//! A row is compared with the file first, by the file alone: what is a duplicate there is the same whatever the case
//! holds, and a custodian may know it. Only a row that is new in its file is compared with the case (`in_case.rs`).

use std::sync::Arc;

use super::fingerprint_set::FingerprintSet;
use super::message_print::{
    Mark, RowIdentity, minute_of, of_marked, of_row, of_timed, short_of_id, short_of_minute,
};
use crate::vault::exhibits::duplicate_lines::DuplicateRule;
use crate::vault::plaintext::{Fineness, Fingerprinter};

pub(super) struct Seen {
    prints: Arc<Fingerprinter>,
    /// The rows of this file.
    set: FingerprintSet,
    /// Whether references of this file are ids of messages; known from the first batch on.
    ids: bool,
    /// Whether a time of this file was written to the minute.
    minutes: bool,
    /// Whether a time of this file had a fraction of a second.
    fractions: bool,
}

/// How one row is compared, beside its print. The print is of its second, or of its minute if no second is written.
pub(super) struct Compared {
    pub(super) rule: DuplicateRule,
    pub(super) fineness: Fineness,
}

impl Compared {
    /// Whether the row is known by its minute alone.
    pub(super) fn is_by_minute(&self) -> bool {
        self.rule == DuplicateRule::ReferenceAndTime && self.fineness == Fineness::Minute
    }
}

impl Seen {
    pub(super) fn new(prints: Arc<Fingerprinter>) -> Self {
        Self {
            prints,
            set: FingerprintSet::new(),
            ids: false,
            minutes: false,
            fractions: false,
        }
    }

    /// Says what the next batch is like.
    pub(super) fn prepare_for(&mut self, ids: bool, fineness: &[Fineness]) {
        if !fineness.is_empty() {
            self.ids = ids;
        }
        self.minutes |= fineness.contains(&Fineness::Minute);
    }

    /// Whether references of this file are ids of messages.
    pub(super) fn has_ids(&self) -> bool {
        self.ids
    }

    /// Whether a time of this file was written to the minute.
    pub(super) fn has_minutes(&self) -> bool {
        self.minutes
    }

    /// The print of a row with a reference, and by which rule it is compared. `reference` and `number` are prints.
    pub(super) fn of_message(
        &self,
        reference: u128,
        number: u64,
        sent_at: i64,
        fineness: Fineness,
    ) -> (u128, DuplicateRule) {
        let timed = |unit, time| of_timed(&self.prints, reference, number, unit, time);
        match (self.ids, fineness) {
            (true, _) => (
                Fingerprinter::of_message(reference, number),
                DuplicateRule::Reference,
            ),
            (false, Fineness::Minute) => (
                timed(Mark::OnlyMinute, minute_of(sent_at)),
                DuplicateRule::ReferenceAndTime,
            ),
            (false, _) => (
                timed(Mark::Second, sent_at),
                DuplicateRule::ReferenceAndTime,
            ),
        }
    }

    /// The print of a row's minute, by which times that are written to the minute are compared with others; 0 in a file
    /// that has no such time.
    pub(super) fn of_minute(&self, reference: u128, number: u64, sent_at: i64) -> u128 {
        match self.minutes && !self.ids {
            true => of_timed(
                &self.prints,
                reference,
                number,
                Mark::Minute,
                minute_of(sent_at),
            ),
            false => 0,
        }
    }

    /// The short print of the same row, which is stored with it.
    pub(super) fn short_of_message(&self, reference: u128, number: u64, sent_at: i64) -> u64 {
        match self.ids {
            true => short_of_id(reference, number),
            false => short_of_minute(reference, number, sent_at),
        }
    }

    pub(super) fn of_row(&self, row: &RowIdentity) -> u128 {
        of_row(&self.prints, row)
    }

    /// Adds rows and sets `new` to whether each of them is new in the file. `minutes` are the prints of their minutes.
    pub(super) fn take_in(
        &mut self,
        prints: &[u128],
        rows: &[Compared],
        minutes: &[u128],
        new: &mut Vec<bool>,
    ) {
        self.set.insert_all(prints, new);
        for (((print, row), minute), new) in prints.iter().zip(rows).zip(minutes).zip(new) {
            let fraction = matches!(row.fineness, Fineness::Fraction(_));
            self.fractions |= fraction;
            if fraction || self.fractions && !*new {
                *new = self.is_new_within_its_second(*print, row, *new);
            }
            if *minute != 0 && *new {
                *new = self.is_new_within_its_minute(*minute, row);
            }
        }
    }

    /// Whether a row whose time was not written so before is no copy of a row of the same minute, one of the two being
    /// written to the minute.
    fn is_new_within_its_minute(&mut self, minute: u128, row: &Compared) -> bool {
        let of_seconds = of_marked(&self.prints, minute, Mark::SecondOfMinute, [0; 2]);
        let of_minutes = of_marked(&self.prints, minute, Mark::NewMinute, [0; 2]);
        let (own, other) = match row.is_by_minute() {
            true => (of_minutes, of_seconds),
            false => (of_seconds, of_minutes),
        };
        let new = !self.set.contains(other);
        if new {
            self.set.insert(own);
        }
        new
    }

    /// Whether a row is new in the file where fractions of a second are written. `first`: no row with this print came
    /// before.
    fn is_new_within_its_second(&mut self, print: u128, row: &Compared, first: bool) -> bool {
        let nanos = match (row.rule, row.fineness) {
            (DuplicateRule::Reference, _) => return first,
            (_, Fineness::Fraction(nanos)) => nanos,
            // A time that is written to the second is that of every row within it.
            (DuplicateRule::ReferenceAndTime, _) => return first,
            (DuplicateRule::WholeRow, _) => 0,
        };
        let marked = |mark, words| of_marked(&self.prints, print, mark, words);
        let only_fractions = marked(Mark::OnlyFractions, [0; 2]);
        let of_fraction = marked(Mark::Fraction, [u64::from(nanos), 0]);
        if first {
            self.set.insert(only_fractions);
            return self.set.insert(of_fraction);
        }
        // Otherwise the row that came first was written to the second.
        let among_fractions = self.set.contains(only_fractions);
        let differs = match row.rule {
            // Another fraction makes another row.
            DuplicateRule::WholeRow => among_fractions || nanos != 0,
            _ => among_fractions,
        };
        differs && self.set.insert(of_fraction)
    }

    /// Frees the memory. From then on every row is new.
    pub(super) fn forget(&mut self) {
        self.set = FingerprintSet::new();
    }
}
