//! The states of the area codes of an exhibit without those of one number, which say where it is from: the codes of its
//! rows are 0, and the statistics of their blocks are those of what is left.
//!
//! Sees term numbers, codes and the keys of the case. Reads only.

use std::collections::BTreeMap;

use super::earlier_exhibit::EarlierExhibit;
use super::earlier_records::BlockRecords;
use super::fault;
use super::known::Known;
use super::part_digests::{PartKind, PartPlace};
use crate::domain::Field;
use crate::vault::columns::{BlockStatistics, CodeBlock};
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::terms::TermPlace;
use crate::vault::plaintext::Nonces;
use crate::vault::store::{block_rows, statistics_rows};

/// The blocks that change, sealed, and their statistics.
pub(super) fn without_area(
    place: TermPlace<'_>,
    exhibit: &EarlierExhibit,
    term: u32,
    nonces: &mut Nonces<'_>,
) -> Result<BTreeMap<PartPlace, Vec<u8>>, OperationError> {
    let mut all = BTreeMap::new();
    let known = Known {
        connection: place.connection,
        keys: place.keys,
    };
    let parts = ExhibitParts::of(place.keys, &exhibit.id);
    let (mut sealed, mut area, mut plain) = (Vec::new(), CodeBlock::new(), Vec::new());
    for no in 0..exhibit.blocks {
        let block = BlockRecords::open(&known, exhibit, no)?;
        if !block.numbers().contains(&term) {
            continue;
        }
        let field = Field::AreaState;
        let damaged = || exhibit.damaged(&format!("block {no} of states of area codes"));
        if !block_rows::read(place.connection, exhibit.number, field, no, &mut sealed)? {
            return Err(damaged());
        }
        let part = parts.block(field, no);
        let opened = part.open(&sealed).map_err(|_| damaged())?;
        area.decode(&opened).map_err(|_| damaged())?;
        let rows = area.codes().iter().zip(block.numbers());
        let codes: Vec<u32> = rows
            .map(|(code, number)| if *number == term { 0 } else { *code })
            .collect();
        if codes == area.codes() {
            continue;
        }
        CodeBlock::encode(&codes, &mut plain).map_err(fault::codec)?;
        let at = (PartKind::Block, field.code(), no);
        all.insert(at, part.seal(nonces.take()?, &plain)?);
        let damaged = || exhibit.damaged(&format!("statistics of block {no}"));
        let found = statistics_rows::TABLE.find(place.connection, exhibit.number, no)?;
        let part = parts.statistics(no);
        let opened = part.open(&found.ok_or_else(damaged)?);
        let statistics = BlockStatistics::decode(&opened.map_err(|_| damaged())?)
            .and_then(|statistics| statistics.with_other_codes(field, &codes))
            .map_err(|_| damaged())?;
        statistics.encode(&mut plain);
        let at = (PartKind::Statistics, 0, no);
        all.insert(at, part.seal(nonces.take()?, &plain)?);
    }
    Ok(all)
}
