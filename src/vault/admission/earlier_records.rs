//! The records of one block of an earlier exhibit, opened column by column as they are needed.
//!
//! Sees the keys of the case and term numbers. A block that is missing or does not open is damage.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::earlier_exhibit::EarlierExhibit;
use super::group::{ACCOUNT, KIND};
use super::known::Known;
use super::message_print::{CODES, RowIdentity};
use crate::domain::Field;
use crate::vault::columns::{
    CodeBlock, PackedSubjects, RANGE_NUMBERS, TextBlock, TimeBlock, UserBlock, UserOf,
};
use crate::vault::error::OperationError;
use crate::vault::exhibits::description::open_packed_subjects;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::kept_users::KeptUsers;
use crate::vault::store::block_rows;

pub(super) struct BlockRecords<'a> {
    sealed: Sealed<'a>,
    numbers: CodeBlock,
    times: Option<TimeBlock>,
    accounts: Option<CodeBlock>,
    others: Option<Others>,
}

/// The sealed blocks of one position.
struct Sealed<'a> {
    known: &'a Known<'a>,
    exhibit: &'a EarlierExhibit,
    no: u32,
}

/// The columns by which rows without a message reference are compared, beside number and time.
struct Others {
    users: Vec<UserOf>,
    codes: Vec<CodeBlock>,
    /// The ranges of the subject index that were needed.
    ranges: BTreeMap<u32, PackedSubjects>,
}

impl<'a> BlockRecords<'a> {
    /// Opens the numbers.
    pub(super) fn open(
        known: &'a Known<'a>,
        exhibit: &'a EarlierExhibit,
        no: u32,
    ) -> Result<Self, OperationError> {
        let sealed = Sealed { known, exhibit, no };
        Ok(Self {
            numbers: sealed.codes(Field::Number)?,
            sealed,
            times: None,
            accounts: None,
            others: None,
        })
    }

    /// The term number of each record.
    pub(super) fn numbers(&self) -> &[u32] {
        self.numbers.codes()
    }

    pub(super) fn references(&self) -> Result<TextBlock, OperationError> {
        self.sealed
            .open(Field::MessageRef, |plain| TextBlock::decode(plain).ok())
    }

    pub(super) fn times(&mut self) -> Result<&TimeBlock, OperationError> {
        match &mut self.times {
            Some(times) => Ok(times),
            times => Ok(times.insert(self.sealed.times()?)),
        }
    }

    /// The code of the account of a record.
    pub(super) fn account(&mut self, row: usize) -> Result<u32, OperationError> {
        let accounts = match &mut self.accounts {
            Some(accounts) => accounts,
            accounts => accounts.insert(self.sealed.codes(Field::Account)?),
        };
        Ok(accounts.codes().get(row).copied().unwrap_or_default())
    }

    /// The users that the exhibit's subject index keeps.
    pub(super) fn kept_users(&self) -> Result<KeptUsers, OperationError> {
        let Sealed { known, exhibit, .. } = self.sealed;
        let of = (exhibit.number, &exhibit.id);
        KeptUsers::load(known.connection, known.keys, of, None)
    }

    /// What distinguishes a record without a reference, with `number` in the place of its term number. Without `kept`
    /// the range of its number in the subject index is opened, which is cheaper for few records.
    pub(super) fn whole_row(
        &mut self,
        row: usize,
        number: u64,
        kept: Option<&KeptUsers>,
    ) -> Result<RowIdentity, OperationError> {
        let sent_at = self.times()?.get(row).unwrap_or_default();
        let others = match &mut self.others {
            Some(others) => others,
            others => others.insert(Others::open(&self.sealed)?),
        };
        let code = |block: &CodeBlock| block.codes().get(row).copied().unwrap_or_default();
        let mut codes = [0; CODES];
        for (out, block) in codes.iter_mut().zip(&others.codes) {
            *out = code(block);
        }
        let (term, account, kind) = (code(&self.numbers), codes[ACCOUNT], codes[KIND]);
        let user = match (others.users.get(row), kept) {
            (Some(UserOf::Other(user)), _) => Some(*user),
            (Some(UserOf::Kept), Some(kept)) => kept.find(term, account, kind),
            (Some(UserOf::Kept), None) => others.kept(&self.sealed, term, account, kind)?,
            (None, _) => None,
        };
        let user = user.ok_or_else(|| self.sealed.damaged(Field::User))?;
        Ok(RowIdentity {
            number,
            user: u64::from(user),
            sent_at,
            codes,
        })
    }
}

impl Sealed<'_> {
    fn open<T>(
        &self,
        field: Field,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, OperationError> {
        let Self { known, exhibit, no } = *self;
        let mut sealed = Vec::new();
        let found = block_rows::read(known.connection, exhibit.number, field, no, &mut sealed)?;
        let part = ExhibitParts::of(known.keys, &exhibit.id).block(field, no);
        let opened = part.open(&sealed);
        opened
            .ok()
            .filter(|_| found)
            .and_then(|plain| decode(&plain))
            .ok_or_else(|| self.damaged(field))
    }

    fn damaged(&self, field: Field) -> OperationError {
        let part = format!("{} block {}", field.label(), self.no);
        self.exhibit.damaged(&part)
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
}

impl Others {
    fn open(sealed: &Sealed<'_>) -> Result<Self, OperationError> {
        let codes: Vec<CodeBlock> = Field::DICTIONARIES
            .into_iter()
            .take(CODES)
            .map(|field| sealed.codes(field))
            .collect::<Result<_, _>>()?;
        let users = sealed.open(Field::User, |plain| {
            let mut block = UserBlock::new();
            block.decode(plain).ok().map(|()| block.iter().collect())
        })?;
        Ok(Self {
            users,
            codes,
            ranges: BTreeMap::new(),
        })
    }

    /// The user that the subject index keeps, 0 for nobody; `None` if it has no such entry.
    fn kept(
        &mut self,
        sealed: &Sealed<'_>,
        number: u32,
        account: u32,
        kind: u32,
    ) -> Result<Option<u32>, OperationError> {
        let Known { connection, keys } = *sealed.known;
        let range = number / RANGE_NUMBERS;
        let opened = match self.ranges.entry(range) {
            Entry::Occupied(opened) => opened.into_mut(),
            Entry::Vacant(place) => {
                let exhibit = (sealed.exhibit.number, &sealed.exhibit.id);
                place.insert(open_packed_subjects(
                    connection,
                    keys,
                    (exhibit, None),
                    range,
                )?)
            }
        };
        let entries = opened.find(number);
        let entries = entries.map_err(|_| sealed.damaged(Field::User))?;
        let mut entries = entries.into_iter();
        let kept = entries.find(|entry| (entry.account, entry.kind) == (account, kind));
        Ok(kept.map(|entry| entry.user))
    }
}
