//! Finds messages that the file or the case has already. What is compared, depends on the reference:
//!
//! * the format documents it as the id of a message: reference and number;
//! * a supplier's CSV or a mapping has it: reference, number and time, as finely as the coarser of the two times is
//!   written, so that the same message is found in a copy that lost its seconds;
//! * there is none: the whole row. Rows that differ in the fraction of a second are two messages.
//!
//! Fractions of a second tell rows of one file apart and are not kept. Against earlier exhibits whole seconds count.
//!
//! A row is compared with the file first, by the file alone: what is a duplicate there is the same whatever the case
//! holds, and a custodian may know it. Only a row that is new in its file is compared with the case.
//!
//! A message that is in an earlier exhibit went to a number that the case knows. Therefore only the earlier records of
//! numbers that occur again are read, at the moment they occur. For a number that the case does not know, those of a
//! number that it knows are read instead, so that the time an admission takes does not tell which it was. A small
//! exhibit of a large case costs one pass over a column.

use std::sync::Arc;

use super::fingerprint_set::FingerprintSet;
use super::group::{ACCOUNT, CHANNEL, KIND};
use crate::domain::{ExhibitId, Field};
use crate::vault::columns::{CodeBlock, TextBlock, TimeBlock, UserBlock};
use crate::vault::error::OperationError;
use crate::vault::exhibits::duplicate_lines::DuplicateRule;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::kept_users::KeptUsers;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Fineness, Fingerprinter};
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::{Snapshot, block_rows};

/// Account, carrier, country, state, kind, channel.
pub(super) const CODES: usize = CHANNEL + 1;

/// What sets prints of one kind apart from those of the others.
const SECOND: u64 = 1;
const MINUTE: u64 = 2;
const FRACTION: u64 = 3;
const ONLY_FRACTIONS: u64 = 4;

/// After so many passes for some numbers, the next pass is for all numbers.
const LOOKS: u32 = 4;

pub(super) struct Seen {
    prints: Arc<Fingerprinter>,
    /// The rows of this file.
    set: FingerprintSet,
    /// The records of earlier exhibits that were read; `None` before the first.
    in_case: Option<FingerprintSet>,
    earlier: Vec<EarlierExhibit>,
    /// For each number of the case, whether its earlier records were read.
    read: Vec<bool>,
    /// The number of the case that is read next in the place of one that the case does not know.
    instead: usize,
    /// The last number that the case does not know; a later one has a greater identity.
    newest: u64,
    looks: u32,
    /// Whether references of this file are ids of messages; known from the first batch on.
    ids: bool,
    /// Whether a time of this file was written to the minute.
    minutes: bool,
    /// Whether a time of this file had a fraction of a second.
    fractions: bool,
}

/// How one row is compared, beside its print. The print is of its whole second.
pub(super) struct Compared {
    pub(super) rule: DuplicateRule,
    pub(super) fineness: Fineness,
    /// Another print that the same message may have in an earlier exhibit.
    pub(super) also: Option<u128>,
}

/// An exhibit that was admitted before.
pub(super) struct EarlierExhibit {
    pub(super) number: ExhibitNumber,
    pub(super) id: ExhibitId,
    pub(super) blocks: u32,
    /// Whether its references are ids of messages.
    pub(super) ids: bool,
    /// Whether a time of its file was written to the minute.
    pub(super) minutes: bool,
}

/// What distinguishes a row without a message reference from others.
pub(super) struct RowIdentity {
    pub(super) number: u64,
    pub(super) user: u64,
    pub(super) sent_at: i64,
    /// In the order of [`Field::DICTIONARIES`]; the bases are left out.
    pub(super) codes: [u32; CODES],
}

impl Seen {
    /// `visible` numbers of the case are in the earlier exhibits.
    pub(super) fn new(
        prints: Arc<Fingerprinter>,
        earlier: Vec<EarlierExhibit>,
        visible: u32,
    ) -> Self {
        Self {
            prints,
            set: FingerprintSet::new(),
            in_case: None,
            earlier,
            read: vec![false; visible as usize + 1],
            instead: 1,
            newest: 0,
            looks: 0,
            ids: false,
            minutes: false,
            fractions: false,
        }
    }

    /// Says what the next batch is like, before its numbers are recalled.
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

    /// The print of a row with a reference, and how it is compared. `reference` is the print of the reference.
    pub(super) fn of_message(
        &self,
        reference: u128,
        number: u64,
        sent_at: i64,
        fineness: Fineness,
    ) -> (u128, Compared) {
        let timed = || self.of_timed(reference, number, SECOND, sent_at);
        if self.ids {
            // An exhibit whose references are no ids has the same message at the same time.
            let also = self.earlier.iter().any(|exhibit| !exhibit.ids).then(timed);
            let compared = Compared {
                rule: DuplicateRule::Reference,
                fineness,
                also,
            };
            return (Fingerprinter::of_message(reference, number), compared);
        }
        let coarse = fineness == Fineness::Minute && !self.earlier.is_empty()
            || self.earlier.iter().any(|exhibit| exhibit.minutes);
        let compared = Compared {
            rule: DuplicateRule::ReferenceAndTime,
            fineness,
            also: coarse.then(|| self.of_timed(reference, number, MINUTE, sent_at.div_euclid(60))),
        };
        (timed(), compared)
    }

    fn of_timed(&self, reference: u128, number: u64, unit: u64, time: i64) -> u128 {
        self.of_marked(reference, unit, [number, time as u64])
    }

    /// A print made of another one.
    fn of_marked(&self, print: u128, mark: u64, [a, b]: [u64; 2]) -> u128 {
        self.prints
            .of_row(&[print as u64, (print >> 64) as u64, mark, a, b])
    }

    pub(super) fn of_row(&self, row: &RowIdentity) -> u128 {
        let [account, carrier, country, state, kind, channel] = row.codes.map(u64::from);
        self.prints.of_row(&[
            row.number,
            row.user,
            row.sent_at as u64,
            account,
            carrier,
            country,
            state,
            kind,
            channel,
        ])
    }

    /// Adds rows and sets `new` to whether each of them is new in the file.
    pub(super) fn take_in(&mut self, prints: &[u128], rows: &[Compared], new: &mut Vec<bool>) {
        self.set.insert_all(prints, new);
        for ((print, row), new) in prints.iter().zip(rows).zip(new) {
            let fraction = matches!(row.fineness, Fineness::Fraction(_));
            self.fractions |= fraction;
            if fraction || self.fractions && !*new {
                *new = self.is_new_within_its_second(*print, row, *new);
            }
        }
    }

    /// Whether an earlier exhibit has the message.
    pub(super) fn is_in_case(&self, print: u128, row: &Compared) -> bool {
        self.in_case.as_ref().is_some_and(|in_case| {
            in_case.contains(print) || row.also.is_some_and(|also| in_case.contains(also))
        })
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
        let only_fractions = self.of_marked(print, ONLY_FRACTIONS, [0; 2]);
        let of_fraction = self.of_marked(print, FRACTION, [u64::from(nanos), 0]);
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
        self.in_case = None;
    }

    /// Reads the earlier records of those of the numbers that the case knows, and for each of the others those of one
    /// that it knows.
    pub(super) fn recall(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        numbers: impl Iterator<Item = u64>,
    ) -> Result<(), OperationError> {
        if self.earlier.is_empty() {
            return Ok(());
        }
        let mut wanted = vec![false; self.read.len()];
        let mut any = false;
        for number in numbers {
            let mut place = number as usize;
            if place >= self.read.len() {
                if number <= self.newest {
                    continue;
                }
                self.newest = number;
                match self.next_instead(&wanted) {
                    Some(instead) => place = instead,
                    None => continue,
                }
            }
            if !self.read[place] && !wanted[place] {
                (wanted[place], any) = (true, true);
            }
        }
        if !any {
            return Ok(());
        }
        self.looks += 1;
        if self.looks > LOOKS {
            wanted = self.read.iter().map(|read| !read).collect();
        }
        for (read, wanted) in self.read.iter_mut().zip(&wanted) {
            *read |= wanted;
        }
        let earlier = std::mem::take(&mut self.earlier);
        for exhibit in &earlier {
            self.read_exhibit(connection, keys, exhibit, &wanted)?;
        }
        self.earlier = earlier;
        Ok(())
    }

    /// A number of the case that was not read yet.
    fn next_instead(&mut self, wanted: &[bool]) -> Option<usize> {
        let taken = |place: usize| self.read.get(place).zip(wanted.get(place));
        while let Some((read, wanted)) = taken(self.instead) {
            if !read && !wanted {
                return Some(self.instead);
            }
            self.instead += 1;
        }
        None
    }

    fn read_exhibit(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        exhibit: &EarlierExhibit,
        wanted: &[bool],
    ) -> Result<(), OperationError> {
        let mut kept_users = None;
        let in_case = self.in_case.take();
        let mut in_case = in_case.unwrap_or_else(FingerprintSet::new);
        for no in 0..exhibit.blocks {
            let sealed = Sealed {
                connection,
                keys,
                exhibit,
                no,
            };
            let numbers = sealed.codes(Field::Number)?;
            let is_wanted = |number: &u32| wanted.get(*number as usize) == Some(&true);
            if !numbers.codes().iter().any(is_wanted) {
                continue;
            }
            let references = sealed.references()?;
            let (mut others, mut times) = (None, None);
            for (row, number) in numbers.codes().iter().enumerate() {
                if !is_wanted(number) {
                    continue;
                }
                let number = u64::from(*number);
                let print = match references.get(row) {
                    Some(reference) => {
                        let reference = self.prints.of_text(&reference).max(1);
                        if self.ids && exhibit.ids {
                            Fingerprinter::of_message(reference, number)
                        } else {
                            if times.is_none() {
                                times = Some(sealed.times()?);
                            }
                            let sent_at = times.as_ref().and_then(|times| times.get(row));
                            let sent_at = sent_at.unwrap_or_default();
                            if self.minutes || exhibit.minutes {
                                let minute = sent_at.div_euclid(60);
                                let coarse = self.of_timed(reference, number, MINUTE, minute);
                                in_case.insert(coarse);
                            }
                            self.of_timed(reference, number, SECOND, sent_at)
                        }
                    }
                    None => {
                        if others.is_none() {
                            if kept_users.is_none() {
                                kept_users = Some(sealed.kept_users()?);
                            }
                            let kept = kept_users.as_ref();
                            let kept = kept.ok_or(OperationError::Internal("seen::users"))?;
                            others = Some(Others::open(&sealed, &numbers, kept)?);
                        }
                        let others = others.as_ref();
                        let others = others.ok_or(OperationError::Internal("seen::others"))?;
                        self.of_row(&others.row(row, number))
                    }
                };
                in_case.insert(print);
            }
        }
        self.in_case = Some(in_case);
        Ok(())
    }
}

/// The sealed blocks of one position.
struct Sealed<'a> {
    connection: &'a Snapshot,
    keys: &'a CaseKeys,
    exhibit: &'a EarlierExhibit,
    no: u32,
}

impl Sealed<'_> {
    fn open<T>(
        &self,
        field: Field,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, OperationError> {
        let (exhibit, no) = (self.exhibit, self.no);
        let mut sealed = Vec::new();
        let found = block_rows::read(self.connection, exhibit.number, field, no, &mut sealed)?;
        let part = ExhibitParts::of(self.keys, &exhibit.id).block(field, no);
        let opened = part.open(&sealed);
        opened
            .ok()
            .filter(|_| found)
            .and_then(|plain| decode(&plain))
            .ok_or_else(|| self.damaged(field))
    }

    fn damaged(&self, field: Field) -> OperationError {
        OperationError::Damaged {
            place: format!(
                "exhibit {}, {} block {}",
                self.exhibit.id,
                field.label(),
                self.no
            ),
        }
    }

    fn references(&self) -> Result<TextBlock, OperationError> {
        self.open(Field::MessageRef, |plain| TextBlock::decode(plain).ok())
    }

    fn codes(&self, field: Field) -> Result<CodeBlock, OperationError> {
        self.open(field, |plain| {
            let mut block = CodeBlock::new();
            block.decode(plain).ok().map(|()| block)
        })
    }

    fn times(&self) -> Result<TimeBlock, OperationError> {
        self.open(Field::SentAt, |plain| {
            let mut block = TimeBlock::new();
            block.decode(plain).ok().map(|()| block)
        })
    }

    fn kept_users(&self) -> Result<KeptUsers, OperationError> {
        let exhibit = self.exhibit;
        KeptUsers::load(self.connection, self.keys, exhibit.number, &exhibit.id)
    }
}

/// The columns by which rows without a message reference are compared.
struct Others {
    users: Vec<u32>,
    times: TimeBlock,
    codes: Vec<CodeBlock>,
}

impl Others {
    fn open(
        sealed: &Sealed<'_>,
        numbers: &CodeBlock,
        kept: &KeptUsers,
    ) -> Result<Self, OperationError> {
        let times = sealed.times()?;
        let codes: Vec<CodeBlock> = Field::DICTIONARIES
            .into_iter()
            .take(CODES)
            .map(|field| sealed.codes(field))
            .collect::<Result<_, _>>()?;
        let block = sealed.open(Field::User, |plain| {
            let mut block = UserBlock::new();
            block.decode(plain).ok().map(|()| block)
        })?;
        let mut users = Vec::new();
        let (accounts, kinds) = (codes[ACCOUNT].codes(), codes[KIND].codes());
        if !kept.resolve(&block, numbers.codes(), accounts, kinds, &mut users) {
            return Err(sealed.damaged(Field::User));
        }
        Ok(Self {
            users,
            times,
            codes,
        })
    }

    fn row(&self, row: usize, number: u64) -> RowIdentity {
        let mut codes = [0; CODES];
        for (out, block) in codes.iter_mut().zip(&self.codes) {
            *out = block.codes().get(row).copied().unwrap_or_default();
        }
        RowIdentity {
            number,
            user: u64::from(self.users.get(row).copied().unwrap_or_default()),
            sent_at: self.times.get(row).unwrap_or_default(),
            codes,
        }
    }
}
