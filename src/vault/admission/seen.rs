//! Finds messages that the case has already, in any of its exhibits. Messages are compared by reference and number if
//! they have a reference, otherwise by the whole row.
//!
//! A message that is in an earlier exhibit went to a number that the case knows. Therefore only the earlier records of
//! numbers that occur again are read, at the moment they occur. A small exhibit of a large case costs one pass over a
//! column.

use std::sync::Arc;

use super::fingerprint_set::FingerprintSet;
use super::group::{ACCOUNT, CHANNEL, KIND};
use crate::domain::{ExhibitId, Field};
use crate::vault::columns::{CodeBlock, TextBlock, TimeBlock, UserBlock};
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::kept_users::KeptUsers;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Fingerprinter;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::{Snapshot, block_rows};

/// Account, carrier, country, state, kind, channel.
pub(super) const CODES: usize = CHANNEL + 1;

/// After so many passes for some numbers, the next pass is for all numbers.
const LOOKS: u32 = 4;

pub(super) struct Seen {
    prints: Arc<Fingerprinter>,
    set: FingerprintSet,
    earlier: Vec<EarlierExhibit>,
    /// For each number of the case, whether its earlier records were read.
    read: Vec<bool>,
    looks: u32,
}

/// An exhibit that was admitted before.
pub(super) struct EarlierExhibit {
    pub(super) number: ExhibitNumber,
    pub(super) id: ExhibitId,
    pub(super) blocks: u32,
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
            earlier,
            read: vec![false; visible as usize + 1],
            looks: 0,
        }
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

    /// Adds rows and sets `new` to whether each of them is new.
    pub(super) fn take_in(&mut self, prints: &[u128], new: &mut Vec<bool>) {
        self.set.insert_all(prints, new);
    }

    /// Frees the memory. From then on every row is new.
    pub(super) fn forget(&mut self) {
        self.set = FingerprintSet::new();
    }

    /// Adds the earlier records of those of the numbers that the case knows.
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
            let place = number as usize;
            if self.read.get(place) == Some(&false) && !wanted[place] {
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

    fn read_exhibit(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        exhibit: &EarlierExhibit,
        wanted: &[bool],
    ) -> Result<(), OperationError> {
        let mut kept_users = None;
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
            let mut others = None;
            for (row, number) in numbers.codes().iter().enumerate() {
                if !is_wanted(number) {
                    continue;
                }
                let print = match references.get(row) {
                    Some(reference) => Fingerprinter::of_message(
                        self.prints.of_text(&reference).max(1),
                        u64::from(*number),
                    ),
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
                        self.of_row(&others.row(row, *number))
                    }
                };
                self.set.insert(print);
            }
        }
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
        let times = sealed.open(Field::SentAt, |plain| {
            let mut block = TimeBlock::new();
            block.decode(plain).ok().map(|()| block)
        })?;
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

    fn row(&self, row: usize, number: u32) -> RowIdentity {
        let mut codes = [0; CODES];
        for (out, block) in codes.iter_mut().zip(&self.codes) {
            *out = block.codes().get(row).copied().unwrap_or_default();
        }
        RowIdentity {
            number: u64::from(number),
            user: u64::from(self.users.get(row).copied().unwrap_or_default()),
            sent_at: self.times.get(row).unwrap_or_default(),
            codes,
        }
    }
}
