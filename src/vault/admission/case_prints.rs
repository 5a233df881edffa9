//! The short prints of all records of a case, in memory: finds the blocks that may have a message, without opening a
//! column.
//!
//! They are read while the first rows of the file are being parsed. A filter says at once that no block has a print,
//! which holds for nearly all rows that are new; for the others every block is searched. Both take the same whether
//! the case knows the number of the row or not. For a small file the filter is the prints of its own rows that some
//! block has, otherwise a table of bits of all prints. Memory: 3 bytes a record, and 2.7 to 5.3 for the table.
//! Sees prints and the keys of the case.

use std::sync::Arc;
use std::thread::{JoinHandle, scope};

use zeroize::Zeroizing;

use super::asked_prints::AskedPrints;
use super::earlier_exhibit::EarlierExhibit;
use crate::domain::set_nice;
use crate::vault::columns::{PRINT_BITS, SeenBlock, SeenPlace};
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::keyring::CaseKeys;
use crate::vault::store::seen_rows::SeenReader;

/// The prints of the blocks of a case, in the order of exhibits and blocks.
pub(super) struct CasePrints {
    blocks: Vec<SeenBlock>,
    filter: Filter,
}

/// The prints that a block may have.
enum Filter {
    /// Of all prints: three bits are set for each, in the word that its first bits choose.
    Table(Vec<u64>),
    /// Of those that were asked for: exactly these, sorted.
    Found(Vec<u64>),
}

/// Prints that are being read on another thread.
pub(super) struct ComingPrints(Option<JoinHandle<Result<Vec<SeenBlock>, OperationError>>>);

/// How many threads read them.
const THREADS: usize = 2;

/// They run at nice 15, behind those that parse the file: the rows are waited for first, and a thread that numbers them
/// leaves a core idle.
const NICENESS: i32 = 15;

/// A table has at least one word for so many prints.
const PRINTS_OF_A_WORD: usize = 3;
const FEWEST_WORDS: usize = 1 << 10;
const MOST_WORDS: usize = 1 << 25;

/// Spreads the last bits of a print: 2^64 over the golden ratio, and odd.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The table is filled in ranges of so many words, so that one after the other is in the processor's cache.
const RANGE: usize = 1 << 15;

impl ComingPrints {
    pub(super) fn of(
        core: Arc<Core>,
        keys: Arc<CaseKeys>,
        exhibits: Vec<EarlierExhibit>,
    ) -> Result<Self, OperationError> {
        let read = move || read(&core, &keys, &exhibits);
        let thread = std::thread::Builder::new().name("seen".to_owned());
        let thread = thread.spawn(read);
        thread
            .map(|thread| Self(Some(thread)))
            .map_err(|_| OperationError::Internal("no thread to read prints on"))
    }

    /// Waits for them, to find prints of any rows. The caller holds no reader, because the other thread may wait for
    /// one.
    pub(super) fn for_all(self) -> Result<CasePrints, OperationError> {
        Ok(CasePrints::for_all(self.wait()?))
    }

    /// Waits for them, to find these prints and no others. The caller holds no reader.
    pub(super) fn for_these(self, asked: Vec<u64>) -> Result<CasePrints, OperationError> {
        Ok(CasePrints::for_these(self.wait()?, asked))
    }

    fn wait(mut self) -> Result<Vec<SeenBlock>, OperationError> {
        match self.0.take().map(JoinHandle::join) {
            Some(Ok(read)) => read,
            _ => Err(OperationError::Internal("a panic was caught")),
        }
    }
}

impl Drop for ComingPrints {
    fn drop(&mut self) {
        // Nothing holds the vault open after the admission has ended.
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}

/// Opens the prints of all blocks.
fn read(
    core: &Core,
    keys: &CaseKeys,
    exhibits: &[EarlierExhibit],
) -> Result<Vec<SeenBlock>, OperationError> {
    let all: Vec<(&EarlierExhibit, u32)> = exhibits
        .iter()
        .flat_map(|exhibit| (0..exhibit.blocks).map(move |no| (exhibit, no)))
        .collect();
    let open = |places: &[(&EarlierExhibit, u32)]| {
        let reader = core.readers.snapshot()?;
        let mut parts = SeenReader::new(reader.connection()?);
        let mut buffer = Zeroizing::new(Vec::new());
        let mut open = |(exhibit, no): &(&EarlierExhibit, u32)| {
            let found = parts.read(exhibit.number, *no, &mut buffer)?;
            let part = ExhibitParts::of(keys, &exhibit.id).seen(*no);
            let opened = part.open_in_place(&mut buffer).ok().filter(|_| found);
            let block = opened.and_then(|plain| SeenBlock::read(plain.to_vec()).ok());
            block.ok_or_else(|| exhibit.damaged(&format!("prints of block {no}")))
        };
        places.iter().map(&mut open).collect::<Result<Vec<_>, _>>()
    };
    let (first, second) = all.split_at(all.len().div_ceil(THREADS));
    scope(|threads| {
        set_nice(NICENESS);
        // It is as far behind as this one.
        let second = threads.spawn(|| open(second));
        let mut blocks = open(first)?;
        let second = second.join();
        blocks.extend(second.unwrap_or(Err(OperationError::Internal("a panic was caught")))?);
        Ok(blocks)
    })
}

impl CasePrints {
    fn for_all(blocks: Vec<SeenBlock>) -> Self {
        let prints: usize = blocks.iter().map(SeenBlock::rows).sum();
        let words = prints.div_ceil(PRINTS_OF_A_WORD).next_power_of_two();
        let mut table = vec![0; words.clamp(FEWEST_WORDS, MOST_WORDS)];
        let words = table.len();
        let half = (words / THREADS).next_multiple_of(RANGE).min(words);
        let (first, second) = table.split_at_mut(half);
        scope(|threads| {
            threads.spawn(|| fill(second, half, words, &blocks));
            fill(first, 0, words, &blocks);
        });
        Self {
            blocks,
            filter: Filter::Table(table),
        }
    }

    fn for_these(blocks: Vec<SeenBlock>, asked: Vec<u64>) -> Self {
        let asked = AskedPrints::of(asked);
        let (first, second) = blocks.split_at(blocks.len().div_ceil(THREADS));
        let mut found = scope(|threads| {
            let second = threads.spawn(|| asked.among(second));
            let mut found = asked.among(first);
            match second.join() {
                Ok(more) => found.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
            found
        });
        found.sort_unstable();
        found.dedup();
        Self {
            blocks,
            filter: Filter::Found(found),
        }
    }

    /// False if no block has the print.
    #[inline]
    pub(super) fn may_have(&self, print: u64) -> bool {
        match &self.filter {
            Filter::Table(table) => {
                let (place, bits) = place_of(print, table.len());
                table.get(place).is_some_and(|word| word & bits == bits)
            }
            Filter::Found(found) => found.binary_search(&print).is_ok(),
        }
    }

    /// Appends those of the `asked` whose print is in a block. They are sorted.
    pub(super) fn find(&self, block: usize, asked: &[(u64, u32)], found: &mut Vec<u32>) {
        if let Some(block) = self.blocks.get(block) {
            block.find(asked, found);
        }
    }

    /// How many blocks there are.
    pub(super) fn block_count(&self) -> usize {
        self.blocks.len()
    }
}

/// Sets the bits of a part of the table that begins with word `from`.
fn fill(part: &mut [u64], from: usize, words: usize, blocks: &[SeenBlock]) {
    let first_of = |word: usize| (word as u64) << (PRINT_BITS - words.ilog2());
    let mut places = vec![SeenPlace::default(); blocks.len()];
    for (place, block) in places.iter_mut().zip(blocks) {
        block.skip_to(place, first_of(from));
    }
    for (no, range) in part.chunks_mut(RANGE).enumerate() {
        let begin = from + no * RANGE;
        let end = first_of(begin + range.len());
        for (place, block) in places.iter_mut().zip(blocks) {
            block.each_below(place, end, |print| {
                let (at, bits) = place_of(print, words);
                if let Some(word) = range.get_mut(at.wrapping_sub(begin)) {
                    *word |= bits;
                }
            });
        }
    }
}

/// The word of a print in a table of so many words, and its bits.
#[inline]
fn place_of(print: u64, words: usize) -> (usize, u64) {
    let place = print >> (PRINT_BITS - words.ilog2());
    let mixed = print.wrapping_mul(MIX);
    let bits = [46, 52, 58].map(|shift| 1 << (mixed >> shift & 63));
    (place as usize, bits[0] | bits[1] | bits[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::columns::BLOCK_ROWS;

    fn block(prints: &[u64]) -> SeenBlock {
        let mut plain = Vec::new();
        SeenBlock::encode(prints, &mut plain).unwrap();
        SeenBlock::read(plain).unwrap()
    }

    /// Spread over all prints.
    fn print(no: u64) -> u64 {
        no.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PRINT_BITS)
    }

    #[test]
    fn every_print_is_found_in_its_blocks_and_nearly_no_other_may_be_there() {
        // Tables of one range and of several.
        for (blocks, rows) in [(1, 3), (7, 100), (9, BLOCK_ROWS as u64)] {
            let of_block = |no: u64| (no * rows..(no + 1) * rows).map(print).collect::<Vec<_>>();
            let case = CasePrints::for_all((0..blocks).map(|no| block(&of_block(no))).collect());
            assert_eq!(case.block_count() as u64, blocks);
            for no in 0..blocks {
                let all = of_block(no);
                assert!(all.iter().all(|print| case.may_have(*print)));
                let mut asked: Vec<(u64, u32)> = all.into_iter().zip(0..).collect();
                asked.sort_unstable();
                for other in 0..blocks {
                    let mut found = Vec::new();
                    case.find(other as usize, &asked, &mut found);
                    let expected = if other == no { rows as usize } else { 0 };
                    // The prints of 38 bits of different numbers may be the same.
                    assert!(found.len() >= expected && found.len() <= expected + 8);
                }
            }
            let others = (1 << 40..).map(print).take(10_000);
            let may = others.filter(|print| case.may_have(*print)).count();
            assert!(may < 200, "{may}");
        }
    }

    #[test]
    fn a_case_without_records_has_no_print() {
        let none = || vec![block(&[])];
        for case in [
            CasePrints::for_all(none()),
            CasePrints::for_these(none(), (0..100).map(print).collect()),
        ] {
            assert!((0..100).all(|no| !case.may_have(print(no))));
        }
    }

    #[test]
    fn of_the_prints_that_were_asked_for_those_of_all_blocks_are_found() {
        let blocks = (0..5).map(|no| block(&[print(3 * no), print(3 * no + 1)]));
        let case = CasePrints::for_these(blocks.collect(), (0..20).map(print).collect());
        for no in 0..20 {
            assert_eq!(case.may_have(print(no)), no < 15 && no % 3 < 2, "{no}");
        }
    }
}
