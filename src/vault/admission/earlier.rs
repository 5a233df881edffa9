//! Finds terms that the case has from earlier exhibits.

use std::sync::Arc;

use super::begins::Begins;
use super::tag_table::TagTable;
use crate::domain::Field;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::{AddedTerms, Adder};
use crate::vault::exhibits::tag_runs::TagSearch;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::Tag;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::term_rows::Terms;

/// Marks a term that was not looked up yet, in a list of known terms.
pub(super) const UNASKED: u32 = u32::MAX;

/// So many passes over all tags; then they are kept.
const PASSES: u32 = 2;

/// Finds the visible terms of one field. For few terms it reads the run of each exhibit in which a term would be. For
/// many it reads the tags of all terms in order, and if that happens again and again, it keeps them. A run that is
/// missing is damage: otherwise the case would get the same term twice.
pub(super) struct Earlier {
    case: CaseNumber,
    field: Field,
    visible: u32,
    added: Arc<AddedTerms>,
    /// How many terms were looked for one by one, times the exhibits.
    looks: usize,
    passes: u32,
    table: Option<TagTable>,
}

impl Earlier {
    pub(super) fn new(
        case: CaseNumber,
        field: Field,
        added: Arc<AddedTerms>,
        visible: u32,
    ) -> Self {
        Self {
            case,
            field,
            visible,
            added,
            looks: 0,
            passes: 0,
            table: None,
        }
    }

    /// The terms of no case.
    pub(super) fn none(field: Field) -> Self {
        Self::new(CaseNumber(0), field, Arc::default(), 0)
    }

    pub(super) fn visible(&self) -> u32 {
        self.visible
    }

    /// Takes those out of `asked` that the case has, and gives each with its term number to `found`. Sorts the others.
    pub(super) fn take_known(
        &mut self,
        connection: &Snapshot,
        keys: &CaseKeys,
        asked: &mut Vec<(Tag, u32)>,
        mut found: impl FnMut(u32, u32),
    ) -> Result<(), OperationError> {
        let adders = self.added.of_field(self.field);
        if adders.is_empty() || asked.is_empty() {
            return Ok(());
        }
        asked.sort_unstable();
        let terms = self.terms();
        let runs = adders.iter().map(|adder| adder.terms());
        let runs: usize = runs
            .map(|terms_of| terms_of.div_ceil(terms.in_a_run()))
            .sum();
        let looks = asked.len() * adders.len();
        // A run that is looked for costs twice as much as one that follows another.
        let few = 2 * looks <= runs;
        self.looks = self.looks.saturating_add(looks);
        let often = self.passes >= PASSES || self.looks > 2 * runs && few;
        if self.table.is_none() && often {
            self.table = Some(self.read_all(connection, keys)?);
        }
        let known = match (&self.table, few) {
            (Some(table), _) => asked.iter().map(|(tag, _)| table.find(tag)).collect(),
            (None, true) => self.look_for(connection, keys, asked)?,
            (None, false) => {
                self.passes += 1;
                self.pass_over(connection, keys, asked)?
            }
        };
        let mut known: std::vec::IntoIter<Option<u32>> = known.into_iter();
        asked.retain(|(_, who)| match known.next().flatten() {
            Some(no) => {
                found(*who, no);
                false
            }
            None => true,
        });
        Ok(())
    }

    fn terms(&self) -> Terms {
        Terms {
            case: self.case,
            field: self.field,
        }
    }

    /// Reads the runs in which the terms would be. They are sorted.
    fn look_for(
        &self,
        connection: &Snapshot,
        keys: &CaseKeys,
        asked: &[(Tag, u32)],
    ) -> Result<Vec<Option<u32>>, OperationError> {
        let mut known = Found::of(asked.len());
        let mut search = TagSearch::of(connection, self.case, self.field);
        for adder in self.added.of_field(self.field) {
            let tags = asked.iter().map(|(tag, _)| tag);
            let found = |place, no| known.add(place, no);
            search.find_sorted(keys, adder, tags, found)?;
            known.check(adder)?;
        }
        Ok(known.terms)
    }

    /// Reads the tags of all terms, and finds those that are asked for. They are sorted.
    fn pass_over(
        &self,
        connection: &Snapshot,
        keys: &CaseKeys,
        asked: &[(Tag, u32)],
    ) -> Result<Vec<Option<u32>>, OperationError> {
        let places = Places::of(asked);
        let mut known = Found::of(asked.len());
        let mut search = TagSearch::of(connection, self.case, self.field);
        for adder in self.added.of_field(self.field) {
            search.each(keys, adder, self.terms(), |no, tag| {
                if let Some(place) = places.find(asked, &tag) {
                    known.add(place, no);
                }
            })?;
            known.check(adder)?;
        }
        Ok(known.terms)
    }

    fn read_all(&self, connection: &Snapshot, keys: &CaseKeys) -> Result<TagTable, OperationError> {
        let mut table = TagTable::with_room(self.visible as usize);
        let mut search = TagSearch::of(connection, self.case, self.field);
        for adder in self.added.of_field(self.field) {
            let mut sound = true;
            search.each(keys, adder, self.terms(), |_, tag| sound &= table.add(&tag))?;
            if !sound {
                return Err(adder.damaged());
            }
        }
        // The terms of the exhibits follow each other without a gap.
        match table.len() == self.visible as usize {
            true => Ok(table),
            false => Err(OperationError::Damaged {
                place: format!("{} terms of the case", self.field.label()),
            }),
        }
    }
}

/// Where tags are in a sorted list, by how they begin. Tags are as good as random, so one or two begin alike.
struct Places {
    /// How many bits of a tag are not looked at.
    rest: u32,
    begins: Begins,
    /// A bit for each value of the first bits, set if a tag begins with it: nearly every other tag is told by it, and
    /// it is short enough to be near the processor.
    some: Vec<u64>,
}

/// The bits by which `some` is chosen: 32 KiB in all.
const SOME_BITS: u32 = 18;

impl Places {
    fn of(sorted: &[(Tag, u32)]) -> Self {
        let bits = (2 * sorted.len()).next_power_of_two().ilog2();
        let rest = u64::BITS - bits;
        let first = sorted.iter().map(|(tag, _)| beginning(tag, rest));
        let begins = Begins::of(bits, first);
        let mut some = vec![0; 1 << (SOME_BITS - u64::BITS.ilog2())];
        for (tag, _) in sorted {
            let (at, bit) = bit_of(tag);
            if let Some(word) = some.get_mut(at) {
                *word |= bit;
            }
        }
        Self { rest, begins, some }
    }

    /// The place of a tag in the list.
    #[inline]
    fn find(&self, sorted: &[(Tag, u32)], tag: &Tag) -> Option<usize> {
        let (at, bit) = bit_of(tag);
        if self.some.get(at).is_none_or(|word| word & bit == 0) {
            return None;
        }
        let mut places = self.begins.places(beginning(tag, self.rest));
        places.find(|place| sorted.get(*place).is_some_and(|(other, _)| other == tag))
    }
}

/// The word and the bit of `some` that a tag has.
#[inline]
fn bit_of(tag: &Tag) -> (usize, u64) {
    let first = beginning(tag, u64::BITS - SOME_BITS);
    let bits = u64::BITS as usize;
    (first / bits, 1 << (first % bits))
}

#[inline]
fn beginning(tag: &Tag, rest: u32) -> usize {
    let bytes = tag.as_bytes().first_chunk();
    (bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes)) >> rest) as usize
}

/// What was found so far. A term is added once: later exhibits find it.
struct Found {
    terms: Vec<Option<u32>>,
    twice: bool,
}

impl Found {
    fn of(asked: usize) -> Self {
        Self {
            terms: vec![None; asked],
            twice: false,
        }
    }

    fn add(&mut self, place: usize, no: u32) {
        if let Some(term) = self.terms.get_mut(place) {
            self.twice |= term.replace(no).is_some();
        }
    }

    fn check(&self, adder: &Adder) -> Result<(), OperationError> {
        match self.twice {
            true => Err(adder.damaged()),
            false => Ok(()),
        }
    }
}
