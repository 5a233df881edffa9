//! One block of records: its columns, opened as they are asked for.
//!
//! The buffer a block is opened in is used again for the next one and wiped at
//! the end.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::opened::CaseRecords;
use crate::domain::{ExhibitId, Field};
use crate::vault::columns::{
    BLOCK_ROWS, BlockStatistics, CodeBlock, CodecError, Selection, TextBlock, TimeBlock, UserBlock,
};
use crate::vault::kept_users::KeptUsers;
use crate::vault::operation::OperationError;
use crate::vault::plaintext::Aad;
use crate::vault::store::exhibit_rows::{ExhibitNumber, ExhibitRow};
use crate::vault::store::{block_rows, statistics_rows};

pub(super) struct Columns<'r> {
    records: &'r CaseRecords<'r>,
    place: Place<'r>,
    selection: Selection,
    buffer: Zeroizing<Vec<u8>>,
    /// Kept from block to block for their memory; `true` if of this block.
    codes: Vec<(Field, CodeBlock, bool)>,
    times: TimeBlock,
    has_times: bool,
    texts: Option<TextBlock>,
    /// Of the exhibit that was opened last.
    kept_users: Option<(ExhibitNumber, KeptUsers)>,
}

/// Where a block stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    pub(super) exhibit: &'r ExhibitRow,
    /// Position of the exhibit among the case's.
    pub(super) position: usize,
    pub(super) no: u32,
    pub(super) rows: usize,
}

impl<'r> Columns<'r> {
    pub(super) fn new(records: &'r CaseRecords<'r>, place: Place<'r>) -> Self {
        Self {
            records,
            place,
            selection: Selection::all(place.rows),
            // A block of codes fits; what outgrows this is a block of texts, which are no numbers.
            buffer: Zeroizing::new(Vec::with_capacity(9 * BLOCK_ROWS)),
            codes: Vec::new(),
            times: TimeBlock::new(),
            has_times: false,
            texts: None,
            kept_users: None,
        }
    }

    /// Goes to another block; all its rows are selected and no column is open.
    pub(super) fn begin(&mut self, place: Place<'r>) {
        self.place = place;
        self.selection.reset(place.rows);
        for (_, _, current) in &mut self.codes {
            *current = false;
        }
        self.has_times = false;
        self.texts = None;
    }

    pub(super) fn exhibit(&self) -> &'r ExhibitId {
        &self.place.exhibit.id
    }

    pub(super) fn exhibit_position(&self) -> usize {
        self.place.position
    }

    /// Where a row of this block stands in its exhibit, from 0.
    pub(super) fn row(&self, row: usize) -> u64 {
        u64::from(self.place.no) * BLOCK_ROWS as u64 + row as u64
    }

    pub(super) fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Opens those of the columns that are not open yet.
    pub(super) fn open(&mut self, fields: &[Field]) -> Result<(), OperationError> {
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

    /// The codes of a column that was opened.
    pub(super) fn codes(&self, field: Field) -> Result<&[u32], OperationError> {
        self.codes
            .iter()
            .find(|(other, _, current)| *other == field && *current)
            .map(|(_, codes, _)| codes.codes())
            .ok_or(OperationError::Internal("a column that was not opened"))
    }

    pub(super) fn code(&self, field: Field, row: usize) -> Result<u32, OperationError> {
        let code = self.codes(field)?.get(row).copied();
        code.ok_or_else(|| self.damaged(field.label()))
    }

    pub(super) fn times(&self) -> &TimeBlock {
        &self.times
    }

    pub(super) fn seconds(&self, row: usize) -> Result<i64, OperationError> {
        let seconds = self.times.get(row);
        seconds.ok_or_else(|| self.damaged(Field::SentAt.label()))
    }

    /// The message reference of a row, if it has one and the column is open.
    pub(super) fn message_ref(&self, row: usize) -> Option<Cow<'_, str>> {
        self.texts.as_ref()?.get(row)
    }

    /// Narrows the selection by a column that was opened.
    pub(super) fn narrow(
        &mut self,
        field: Field,
        keep: impl FnOnce(&TimeBlock, &[u32], &mut Selection) -> Result<(), CodecError>,
    ) -> Result<(), OperationError> {
        let mut selection = std::mem::take(&mut self.selection);
        let codes = match field {
            Field::SentAt => &[],
            _ => self.codes(field)?,
        };
        let kept = keep(&self.times, codes, &mut selection);
        self.selection = selection;
        kept.map_err(|_| self.damaged(field.label()))
    }

    pub(super) fn statistics(&mut self) -> Result<BlockStatistics, OperationError> {
        let damaged = || OperationError::Damaged {
            place: format!(
                "exhibit {}, statistics, block {}",
                self.exhibit(),
                self.place.no
            ),
        };
        let records = self.records;
        let sealed = statistics_rows::TABLE
            .find(records.connection, self.place.exhibit.number, self.place.no)?
            .ok_or_else(damaged)?;
        let no = u64::from(self.place.no);
        let aad = Aad::statistics(&records.core.vault, &records.case.id, self.exhibit(), no);
        let plain = records
            .keys
            .blocks(Field::SentAt)
            .open(&aad, &sealed)
            .map_err(|_| damaged())?;
        BlockStatistics::decode(&plain)
            .ok()
            .filter(|statistics| statistics.rows() == self.place.rows)
            .ok_or_else(damaged)
    }

    pub(super) fn damaged(&self, field: &str) -> OperationError {
        OperationError::Damaged {
            place: format!(
                "exhibit {}, field {field}, block {}",
                self.exhibit(),
                self.place.no
            ),
        }
    }

    fn open_codes(&mut self, field: Field) -> Result<(), OperationError> {
        let known = self.codes.iter().position(|(other, ..)| *other == field);
        let at = known.unwrap_or_else(|| {
            self.codes.push((field, CodeBlock::new(), false));
            self.codes.len() - 1
        });
        if self.codes.get(at).is_some_and(|(_, _, current)| *current) {
            return Ok(());
        }
        let rows = self.place.rows;
        let most = match field {
            Field::Number => self.records.case.numbers,
            _ => self.records.dictionary(field)?.size() - 1,
        };
        let least = u32::from(field == Field::Number);
        let mut column = std::mem::take(&mut self.codes[at].1);
        let decoded = self.open_block(field, |plain| column.decode(plain));
        // A code that stands for nothing would be counted as something.
        let sound = column.codes().len() == rows
            && column
                .codes()
                .iter()
                .all(|code| (least..=most).contains(code));
        self.codes[at] = (field, column, sound);
        decoded?;
        if sound {
            Ok(())
        } else {
            Err(self.damaged(field.label()))
        }
    }

    /// Users are those of the subject index where the block does not say otherwise.
    fn open_users(&mut self) -> Result<(), OperationError> {
        let at = match self
            .codes
            .iter()
            .position(|(field, ..)| *field == Field::User)
        {
            Some(at) if self.codes[at].2 => return Ok(()),
            Some(at) => at,
            None => {
                self.codes.push((Field::User, CodeBlock::new(), false));
                self.codes.len() - 1
            }
        };
        for field in [Field::Number, Field::Account, Field::Kind] {
            self.open_codes(field)?;
        }
        let (records, exhibit) = (self.records, self.place.exhibit);
        if self
            .kept_users
            .as_ref()
            .is_none_or(|(of, _)| *of != exhibit.number)
        {
            let kept = KeptUsers::load(
                records.connection,
                &records.keys,
                exhibit.number,
                &exhibit.id,
            )?;
            self.kept_users = Some((exhibit.number, kept));
        }
        let mut block = UserBlock::new();
        self.open_block(Field::User, |plain| block.decode(plain))?;
        let mut users = std::mem::take(&mut self.codes[at].1).into_codes();
        let (_, kept) = self
            .kept_users
            .as_ref()
            .ok_or(OperationError::Internal("kept users"))?;
        let sound = kept.resolve(
            &block,
            self.codes(Field::Number)?,
            self.codes(Field::Account)?,
            self.codes(Field::Kind)?,
            &mut users,
        ) && users.len() == self.place.rows
            && users.iter().all(|user| *user <= records.case.users);
        self.codes[at] = (Field::User, CodeBlock::of_codes(users), sound);
        if sound {
            Ok(())
        } else {
            Err(self.damaged(Field::User.label()))
        }
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
            Err(self.damaged(Field::SentAt.label()))
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
            None => Err(self.damaged(Field::MessageRef.label())),
        }
    }

    fn open_block(
        &mut self,
        field: Field,
        decode: impl FnOnce(&[u8]) -> Result<(), CodecError>,
    ) -> Result<(), OperationError> {
        let (records, place) = (self.records, self.place);
        let number = place.exhibit.number;
        if !block_rows::read(
            records.connection,
            number,
            field,
            place.no,
            &mut self.buffer,
        )? {
            return Err(self.damaged(field.label()));
        }
        let aad = Aad::block(
            &records.core.vault,
            &records.case.id,
            &place.exhibit.id,
            field,
            u64::from(place.no),
            BLOCK_ROWS as u32,
        );
        let plain = records
            .keys
            .blocks(field)
            .open_in_place(&aad, &mut self.buffer);
        match plain.map(|plain| decode(plain)) {
            Ok(Ok(())) => Ok(()),
            _ => Err(self.damaged(field.label())),
        }
    }
}
