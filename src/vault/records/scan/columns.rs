//! The columns of one block of records, opened when they are asked for.
//!
//! Sees codes and times in the clear and the keys of blocks. The buffer in which a block is opened is reused for the
//! next block and wiped on drop.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::block_place::BlockPlace;
use super::sealed_columns::SealedColumns;
use crate::domain::{ExhibitId, Field};
use crate::vault::columns::{
    BlockStatistics, CodeBlock, CodecError, Codes, Selection, TextBlock, TimeBlock, UserBlock,
};
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::CaseKeys;

/// Opens the columns of a case, on any thread.
#[derive(Clone, Copy)]
pub(in crate::vault::records) struct Opener<'r> {
    pub(in crate::vault::records) keys: &'r CaseKeys,
    /// The greatest valid code of each field that a scan may open.
    pub(in crate::vault::records) greatest: &'r [(Field, u32)],
}

pub(in crate::vault::records) struct Columns<'r, S> {
    opener: Opener<'r>,
    place: BlockPlace<'r>,
    sealed: S,
    selection: Selection,
    buffer: Zeroizing<Vec<u8>>,
    /// Buffers, kept from block to block; `true` if the contents are of this block.
    codes: Vec<(Field, CodeBlock, bool)>,
    times: TimeBlock,
    has_times: bool,
    texts: Option<TextBlock>,
}

impl Opener<'_> {
    pub(in crate::vault::records) fn statistics(
        &self,
        place: &BlockPlace<'_>,
        sealed: Option<Vec<u8>>,
    ) -> Result<BlockStatistics, OperationError> {
        let sealed = sealed.ok_or_else(|| place.damaged_statistics())?;
        let part = self.parts(place).statistics(place.no);
        let plain = part.open(&sealed);
        let plain = plain.map_err(|_| place.damaged_statistics())?;
        BlockStatistics::decode(&plain)
            .ok()
            .filter(|statistics| statistics.rows() == place.rows)
            .ok_or_else(|| place.damaged_statistics())
    }

    /// Opens the column that is sealed in `buffer` and calls `decode` with the plaintext.
    fn open(
        &self,
        place: &BlockPlace<'_>,
        field: Field,
        buffer: &mut Zeroizing<Vec<u8>>,
        decode: impl FnOnce(&[u8]) -> Result<(), CodecError>,
    ) -> Result<(), OperationError> {
        let part = self.parts(place).block(field, place.no);
        let plain = part.open_in_place(buffer);
        match plain.map(|plain| decode(plain)) {
            Ok(Ok(())) => Ok(()),
            _ => Err(place.damaged(field)),
        }
    }

    fn parts<'p>(&'p self, place: &'p BlockPlace<'_>) -> ExhibitParts<'p> {
        ExhibitParts::of(self.keys, &place.exhibit.id)
    }
}

impl<'r, S: SealedColumns> Columns<'r, S> {
    pub(in crate::vault::records) fn new(
        opener: Opener<'r>,
        place: BlockPlace<'r>,
        sealed: S,
    ) -> Self {
        Self {
            opener,
            place,
            sealed,
            selection: Selection::all(place.rows),
            buffer: Zeroizing::default(),
            codes: Vec::new(),
            times: TimeBlock::new(),
            has_times: false,
            texts: None,
        }
    }

    /// Moves to another block. All its rows are selected and no column is open.
    pub(in crate::vault::records) fn begin(&mut self, place: BlockPlace<'r>) {
        self.place = place;
        self.selection.reset(place.rows);
        for (_, _, current) in &mut self.codes {
            *current = false;
        }
        self.has_times = false;
        self.texts = None;
    }

    /// Where the columns come from.
    pub(in crate::vault::records) fn sealed(&mut self) -> &mut S {
        &mut self.sealed
    }

    pub(in crate::vault::records) fn place(&self) -> &BlockPlace<'r> {
        &self.place
    }

    pub(in crate::vault::records) fn exhibit(&self) -> &'r ExhibitId {
        &self.place.exhibit.id
    }

    /// The position of a row of this block in its exhibit, from 0.
    pub(in crate::vault::records) fn row(&self, row: usize) -> u64 {
        self.place.record(row).row
    }

    pub(in crate::vault::records) fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Opens the columns of these fields that are not open yet. Where the column of users does not name one, it is the
    /// one in the subject index.
    pub(in crate::vault::records) fn open(
        &mut self,
        fields: &[Field],
    ) -> Result<(), OperationError> {
        for field in fields {
            match field {
                Field::SentAt if self.has_times => {}
                Field::SentAt => self.open_times()?,
                Field::MessageRef if self.texts.is_some() => {}
                Field::MessageRef => self.open_texts()?,
                Field::User => self.open_users()?,
                _ => self.open_codes(*field)?,
            }
        }
        Ok(())
    }

    /// The codes of an open column.
    pub(in crate::vault::records) fn codes(
        &self,
        field: Field,
    ) -> Result<Codes<'_>, OperationError> {
        self.codes
            .iter()
            .find(|(other, _, current)| *other == field && *current)
            .map(|(_, codes, _)| codes.bounded())
            .ok_or(OperationError::Internal("a column that was not opened"))
    }

    pub(in crate::vault::records) fn code(
        &self,
        field: Field,
        row: usize,
    ) -> Result<u32, OperationError> {
        let code = self.codes(field)?.as_slice().get(row).copied();
        code.ok_or_else(|| self.damaged(field))
    }

    pub(in crate::vault::records) fn times(&self) -> &TimeBlock {
        &self.times
    }

    pub(in crate::vault::records) fn seconds(&self, row: usize) -> Result<i64, OperationError> {
        let seconds = self.times.get(row);
        seconds.ok_or_else(|| self.damaged(Field::SentAt))
    }

    /// The message reference of a row, if it has one and the column is open.
    pub(in crate::vault::records) fn message_ref(&self, row: usize) -> Option<Cow<'_, str>> {
        self.texts.as_ref()?.get(row)
    }

    /// Narrows the selection by an open column.
    pub(in crate::vault::records) fn narrow(
        &mut self,
        field: Field,
        keep: impl FnOnce(&TimeBlock, &[u32], &mut Selection) -> Result<(), CodecError>,
    ) -> Result<(), OperationError> {
        let mut selection = std::mem::take(&mut self.selection);
        let codes = match field {
            Field::SentAt => &[],
            _ => self.codes(field)?.as_slice(),
        };
        let kept = keep(&self.times, codes, &mut selection);
        self.selection = selection;
        kept.map_err(|_| self.damaged(field))
    }

    /// Narrows the selection by two open columns of codes together.
    pub(in crate::vault::records) fn narrow_pair(
        &mut self,
        [first, second]: [Field; 2],
        keep: impl Fn(u32, u32) -> bool,
    ) -> Result<(), OperationError> {
        let mut selection = std::mem::take(&mut self.selection);
        let (one, other) = (self.codes(first)?, self.codes(second)?);
        let kept = selection.keep_pairs(one.as_slice(), other.as_slice(), keep);
        self.selection = selection;
        kept.map_err(|_| self.damaged(first))
    }

    pub(in crate::vault::records) fn damaged(&self, field: Field) -> OperationError {
        self.place.damaged(field)
    }

    fn open_codes(&mut self, field: Field) -> Result<(), OperationError> {
        let at = self.codes_at(field);
        if self.codes.get(at).is_some_and(|(_, _, current)| *current) {
            return Ok(());
        }
        let greatest = self.greatest(field)?;
        let least = u32::from(field == Field::Number);
        let mut column = std::mem::take(&mut self.codes[at].1);
        let decoded = self.open_block(field, |plain| column.decode(plain));
        // A code without a value must not be counted.
        let sound =
            column.codes().len() == self.place.rows && column.bounded().within(least, greatest);
        self.codes[at] = (field, column, sound);
        decoded?;
        if sound {
            Ok(())
        } else {
            Err(self.damaged(field))
        }
    }

    /// The position of the buffer of a field; adds one if there is none.
    fn codes_at(&mut self, field: Field) -> usize {
        let known = self.codes.iter().position(|(other, ..)| *other == field);
        known.unwrap_or_else(|| {
            self.codes.push((field, CodeBlock::new(), false));
            self.codes.len() - 1
        })
    }

    fn open_times(&mut self) -> Result<(), OperationError> {
        let mut times = std::mem::take(&mut self.times);
        let decoded = self.open_block(Field::SentAt, |plain| times.decode(plain));
        self.times = times;
        decoded?;
        self.has_times = self.times.rows() == self.place.rows;
        if self.has_times {
            Ok(())
        } else {
            Err(self.damaged(Field::SentAt))
        }
    }

    fn open_texts(&mut self) -> Result<(), OperationError> {
        let mut texts = None;
        self.open_block(Field::MessageRef, |plain| {
            texts = Some(TextBlock::decode(plain)?);
            Ok(())
        })?;
        self.texts = texts.filter(|texts| texts.rows() == self.place.rows);
        match self.texts {
            Some(_) => Ok(()),
            None => Err(self.damaged(Field::MessageRef)),
        }
    }

    fn open_block(
        &mut self,
        field: Field,
        decode: impl FnOnce(&[u8]) -> Result<(), CodecError>,
    ) -> Result<(), OperationError> {
        self.sealed.bring(&self.place, field, &mut self.buffer)?;
        self.opener
            .open(&self.place, field, &mut self.buffer, decode)
    }

    fn open_users(&mut self) -> Result<(), OperationError> {
        let at = self.codes_at(Field::User);
        if self.codes[at].2 {
            return Ok(());
        }
        self.open(&[Field::Number, Field::Account, Field::Kind])?;
        let greatest = self.greatest(Field::User)?;
        let kept = self.sealed.kept_users(self.opener.keys, &self.place)?;
        let mut block = UserBlock::new();
        self.open_block(Field::User, |plain| block.decode(plain))?;
        let mut users = std::mem::take(&mut self.codes[at].1).into_codes();
        let resolved = kept.resolve(
            &block,
            self.codes(Field::Number)?.as_slice(),
            self.codes(Field::Account)?.as_slice(),
            self.codes(Field::Kind)?.as_slice(),
            &mut users,
        );
        let users = CodeBlock::of_codes(users);
        let sound = resolved
            && users.codes().len() == self.place.rows
            && users.bounded().within(0, greatest);
        self.codes[at] = (Field::User, users, sound);
        if sound {
            Ok(())
        } else {
            Err(self.damaged(Field::User))
        }
    }

    /// The greatest valid code of a field.
    fn greatest(&self, field: Field) -> Result<u32, OperationError> {
        let mut all = self.opener.greatest.iter();
        let known = all.find(|(other, _)| *other == field);
        let missing = OperationError::Internal("a column without a dictionary");
        known.map(|(_, greatest)| *greatest).ok_or(missing)
    }
}
