//! The rows of one block position, column by column, and how they are sealed.

use super::fault;
use super::part_digests::{PartDigests, PartKind};
use super::waiting_column::WaitingColumn;
use crate::domain::Field;
use crate::vault::columns::{BlockStatistics, CodeBlock, SeenBlock, TextBlock, TimeBlock};
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::plaintext::{Nonces, Texts};
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::{StoreError, Transaction, block_rows, seen_rows, statistics_rows};

pub(super) const DICTIONARIES: usize = Field::DICTIONARIES.len();

/// Positions of fields in [`Field::DICTIONARIES`].
pub(super) const ACCOUNT: usize = 0;
pub(super) const COUNTRY: usize = 2;
pub(super) const KIND: usize = 4;
pub(super) const CHANNEL: usize = 5;
pub(super) const COUNTRY_BASIS: usize = 6;
pub(super) const STATE_BASIS: usize = 7;
pub(super) const TIME_BASIS: usize = 8;
pub(super) const AREA_STATE: usize = 9;

#[derive(Default)]
pub(super) struct Group {
    pub(super) codes: [Vec<u32>; DICTIONARIES],
    pub(super) times: Vec<i64>,
    /// Temporary numbers.
    pub(super) numbers: Vec<u32>,
    /// Rows whose user is not the one in the subject index, with the user plus one; 0 is nobody.
    pub(super) others: Vec<(u32, u32)>,
    /// Message references; blank where the row has none.
    pub(super) references: Texts,
    /// The prints by which later admissions find the messages.
    pub(super) seen: Vec<u64>,
}

/// Sealed parts of one block position, on their way to the store.
pub(super) struct SealedGroup {
    no: u32,
    blocks: Vec<(Field, Vec<u8>)>,
    statistics: Option<Vec<u8>>,
    seen: Option<Vec<u8>>,
    /// Is replaced at the end of the admission, so it is not one of the parts of the exhibit.
    waiting: Option<Vec<u8>>,
}

impl SealedGroup {
    /// One block of one field.
    pub(super) fn of_block(field: Field, no: u32, sealed: Vec<u8>) -> Self {
        Self {
            no,
            blocks: vec![(field, sealed)],
            statistics: None,
            seen: None,
            waiting: None,
        }
    }

    pub(super) fn note(&self, parts: &mut PartDigests) {
        for (field, sealed) in &self.blocks {
            parts.add(PartKind::Block, Some(*field), self.no, sealed);
        }
        if let Some(sealed) = &self.statistics {
            parts.add(PartKind::Statistics, None, self.no, sealed);
        }
        if let Some(sealed) = &self.seen {
            parts.add(PartKind::Seen, None, self.no, sealed);
        }
    }

    /// Writes blocks of numbers in place of the waiting columns, and other blocks beside them.
    pub(super) fn put_in_place(
        &self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
    ) -> Result<(), StoreError> {
        self.blocks.iter().try_for_each(|(field, sealed)| {
            let put = match field {
                Field::Number => block_rows::replace,
                _ => block_rows::insert,
            };
            put(connection, exhibit, *field, self.no, sealed)
        })
    }

    pub(super) fn insert(
        &self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
    ) -> Result<(), StoreError> {
        for (field, sealed) in &self.blocks {
            block_rows::insert(connection, exhibit, *field, self.no, sealed)?;
        }
        if let Some(sealed) = &self.waiting {
            block_rows::insert(connection, exhibit, Field::Number, self.no, sealed)?;
        }
        if let Some(sealed) = &self.seen {
            seen_rows::TABLE.insert(connection, exhibit, self.no, sealed)?;
        }
        match &self.statistics {
            Some(sealed) => statistics_rows::TABLE.insert(connection, exhibit, self.no, sealed),
            None => Ok(()),
        }
    }
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.times.len()
    }

    /// Seals the blocks of every field but number and user, the statistics, the prints, and the waiting
    /// column.
    pub(super) fn seal(
        &self,
        exhibit: &ExhibitParts<'_>,
        nonces: &mut Nonces<'_>,
        no: u32,
    ) -> Result<SealedGroup, OperationError> {
        let mut plain = Vec::new();
        let mut blocks = Vec::with_capacity(DICTIONARIES + 2);
        let mut seal = |field: Field, plain: &[u8]| -> Result<(), OperationError> {
            let sealed = exhibit.block(field, no).seal(nonces.take()?, plain)?;
            blocks.push((field, sealed));
            Ok(())
        };
        let mut statistics = BlockStatistics::of_times(&self.times).map_err(fault::codec)?;
        for (field, codes) in Field::DICTIONARIES.into_iter().zip(&self.codes) {
            CodeBlock::encode(codes, &mut plain).map_err(fault::codec)?;
            seal(field, &plain)?;
            statistics = statistics.with_codes(field, codes).map_err(fault::codec)?;
        }
        TimeBlock::encode(&self.times, &mut plain).map_err(fault::codec)?;
        seal(Field::SentAt, &plain)?;
        let references: Vec<Option<&str>> = self
            .references
            .iter()
            .map(|text| Some(text).filter(|text| !text.is_empty()))
            .collect();
        let texts = TextBlock::encode(&references).map_err(fault::codec)?;
        seal(Field::MessageRef, &texts)?;
        statistics.encode(&mut plain);
        let statistics = exhibit.statistics(no).seal(nonces.take()?, &plain)?;
        SeenBlock::encode(&self.seen, &mut plain).map_err(fault::codec)?;
        let seen = exhibit.seen(no).seal(nonces.take()?, &plain)?;
        let waiting = WaitingColumn::encode(&self.numbers, &self.others).map_err(fault::codec)?;
        let waiting = exhibit.waiting_column(no).seal(nonces.take()?, &waiting)?;
        Ok(SealedGroup {
            no,
            blocks,
            statistics: Some(statistics),
            seen: Some(seen),
            waiting: Some(waiting),
        })
    }

    pub(super) fn clear(&mut self) {
        self.codes.iter_mut().for_each(Vec::clear);
        self.times.clear();
        self.numbers.clear();
        self.others.clear();
        self.references.clear();
        self.seen.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::plaintext::TEXTS;

    #[test]
    fn every_place_is_the_one_of_its_field() {
        for (place, field) in [
            (ACCOUNT, Field::Account),
            (COUNTRY, Field::Country),
            (KIND, Field::Kind),
            (CHANNEL, Field::Channel),
            (COUNTRY_BASIS, Field::CountryBasis),
            (STATE_BASIS, Field::StateBasis),
            (TIME_BASIS, Field::TimeBasis),
            (AREA_STATE, Field::AreaState),
        ] {
            assert_eq!(Field::DICTIONARIES[place], field);
        }
        assert_eq!(Field::DICTIONARIES[..TEXTS.len()], TEXTS);
    }
}
