//! The rows of one block, column by column, and how they are sealed.

use super::fault;
use super::parts::{PartKind, Parts};
use super::waiting::Waiting;
use crate::domain::{CaseId, ExhibitId, Field};
use crate::vault::columns::{BLOCK_ROWS, BlockStatistics, CodeBlock, TextBlock, TimeBlock};
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Aad, Nonces, Texts};
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::{StoreError, Transaction, block_rows, statistics_rows};

pub(super) const DICTIONARIES: usize = Field::DICTIONARIES.len();

/// Places of fields in [`Field::DICTIONARIES`].
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
    /// Rows whose user is not the one the index of subjects keeps, with the user plus one;
    /// 0 is nobody.
    pub(super) others: Vec<(u32, u32)>,
    /// Message references; a blank one is missing.
    pub(super) references: Texts,
}

/// Where the parts of the exhibit belong, and what seals them.
pub(super) struct Place<'a> {
    pub(super) core: &'a Core,
    pub(super) keys: &'a CaseKeys,
    pub(super) case: &'a CaseId,
    pub(super) exhibit: &'a ExhibitId,
}

impl Place<'_> {
    pub(super) fn block(&self, field: Field, no: u32) -> Aad {
        let rows = BLOCK_ROWS as u32;
        Aad::block(
            &self.core.vault,
            self.case,
            self.exhibit,
            field,
            u64::from(no),
            rows,
        )
    }

    pub(super) fn quarantine(&self, no: u32) -> Aad {
        Aad::quarantine(&self.core.vault, self.case, self.exhibit, u64::from(no))
    }

    pub(super) fn waiting(&self, no: u32) -> Aad {
        Aad::waiting(&self.core.vault, self.case, self.exhibit, u64::from(no))
    }

    pub(super) fn statistics(&self, no: u32) -> Aad {
        Aad::statistics(&self.core.vault, self.case, self.exhibit, u64::from(no))
    }

    pub(super) fn subject_index(&self, range: u32) -> Aad {
        Aad::subject_index(&self.core.vault, self.case, self.exhibit, u64::from(range))
    }

    pub(super) fn dictionary(&self, field: Field) -> Aad {
        Aad::dictionary(&self.core.vault, self.case, self.exhibit, field)
    }

    pub(super) fn seal_block(
        &self,
        nonces: &mut Nonces<'_>,
        field: Field,
        no: u32,
        plain: &[u8],
    ) -> Result<Vec<u8>, OperationError> {
        self.keys
            .blocks(field)
            .seal(nonces.take()?, &self.block(field, no), plain)
            .map_err(fault::seal)
    }
}

/// Sealed parts on their way to the store.
pub(super) struct SealedGroup {
    no: u32,
    blocks: Vec<(Field, Vec<u8>)>,
    statistics: Option<Vec<u8>>,
    /// Not one of the exhibit's parts: it does not stay.
    waiting: Option<Vec<u8>>,
}

impl SealedGroup {
    /// One block of one field.
    pub(super) fn of_block(field: Field, no: u32, sealed: Vec<u8>) -> Self {
        Self {
            no,
            blocks: vec![(field, sealed)],
            statistics: None,
            waiting: None,
        }
    }

    pub(super) fn note(&self, parts: &mut Parts) {
        for (field, sealed) in &self.blocks {
            parts.add(PartKind::Block, Some(*field), self.no, sealed);
        }
        if let Some(sealed) = &self.statistics {
            parts.add(PartKind::Statistics, None, self.no, sealed);
        }
    }

    /// Writes blocks of numbers over what waited in their place, and others beside them.
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

    /// Seals the blocks of every field but number and user, the statistics, and what
    /// waits.
    pub(super) fn seal(&self, place: &Place<'_>, no: u32) -> Result<SealedGroup, OperationError> {
        let mut nonces = Nonces::new(&*place.core.entropy);
        let mut plain = Vec::new();
        let mut blocks = Vec::with_capacity(DICTIONARIES + 2);
        let mut statistics = BlockStatistics::of_times(&self.times).map_err(fault::codec)?;
        for (field, codes) in Field::DICTIONARIES.into_iter().zip(&self.codes) {
            CodeBlock::encode(codes, &mut plain).map_err(fault::codec)?;
            blocks.push((field, place.seal_block(&mut nonces, field, no, &plain)?));
            statistics = statistics.with_codes(field, codes).map_err(fault::codec)?;
        }
        TimeBlock::encode(&self.times, &mut plain).map_err(fault::codec)?;
        let sealed = place.seal_block(&mut nonces, Field::SentAt, no, &plain)?;
        blocks.push((Field::SentAt, sealed));
        let references: Vec<Option<&str>> = self
            .references
            .iter()
            .map(|text| Some(text).filter(|text| !text.is_empty()))
            .collect();
        let texts = TextBlock::encode(&references).map_err(fault::codec)?;
        let sealed = place.seal_block(&mut nonces, Field::MessageRef, no, &texts)?;
        blocks.push((Field::MessageRef, sealed));
        statistics.encode(&mut plain);
        let aad = place.statistics(no);
        let sealed = place
            .keys
            .blocks(Field::SentAt)
            .seal(nonces.take()?, &aad, &plain)
            .map_err(fault::seal)?;
        let waiting = Waiting::seal(&self.numbers, &self.others, place, no, &mut nonces)?;
        Ok(SealedGroup {
            no,
            blocks,
            statistics: Some(sealed),
            waiting: Some(waiting),
        })
    }

    pub(super) fn clear(&mut self) {
        self.codes.iter_mut().for_each(Vec::clear);
        self.times.clear();
        self.numbers.clear();
        self.others.clear();
        self.references.clear();
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
