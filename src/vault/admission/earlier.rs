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
        let adders = self.added.of_field(self.field);
        search.each(keys, adders, self.terms(), |adder, first, tags| {
            places.find_all(asked, tags, |place, at| {
                known.add(place, first.saturating_add(at));
            });
            known.check(adder)
        })?;
        Ok(known.terms)
    }

    fn read_all(&self, connection: &Snapshot, keys: &CaseKeys) -> Result<TagTable, OperationError> {
        let mut table = TagTable::with_room(self.visible as usize);
        let mut search = TagSearch::of(connection, self.case, self.field);
        let adders = self.added.of_field(self.field);
        search.each(keys, adders, self.terms(), |adder, _, tags| {
            match tags.iter().all(|tag| table.add(&Tag::from_bytes(*tag))) {
                true => Ok(()),
                false => Err(adder.damaged()),
            }
        })?;
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
    some: Box<[u64; SOME_WORDS]>,
}

/// The bits by which `some` is chosen: 16 KiB in all.
const SOME_BITS: u32 = 17;
const SOME_WORDS: usize = 1 << (SOME_BITS - u64::BITS.ilog2());

impl Places {
    fn of(sorted: &[(Tag, u32)]) -> Self {
        let bits = (2 * sorted.len()).next_power_of_two().ilog2();
        let rest = u64::BITS - bits;
        let first = sorted.iter().map(|(tag, _)| begin_of(tag.as_bytes()));
        let begins = Begins::of(bits, first.map(|begin| (begin >> rest) as usize));
        let mut some = Box::new([0; SOME_WORDS]);
        for (tag, _) in sorted {
            let (at, bit) = bit_of(begin_of(tag.as_bytes()));
            some[at] |= bit;
        }
        Self { rest, begins, some }
    }

    /// Gives those of `tags` that are in the list, as the place in the list and the place among them.
    fn find_all(
        &self,
        sorted: &[(Tag, u32)],
        tags: &[[u8; 16]],
        mut found: impl FnMut(usize, u32),
    ) {
        for (no, tag) in (0..).zip(tags) {
            let begin = begin_of(tag);
            let (at, bit) = bit_of(begin);
            if self.some[at] & bit == 0 {
                continue;
            }
            let mut places = self.begins.places((begin >> self.rest) as usize);
            let same = |place: &usize| {
                sorted
                    .get(*place)
                    .is_some_and(|(other, _)| other.as_bytes() == tag)
            };
            if let Some(place) = places.find(same) {
                found(place, no);
            }
        }
    }
}

/// The word and the bit of `some` for a tag that begins like this.
#[inline]
fn bit_of(begin: u64) -> (usize, u64) {
    let first = begin >> (u64::BITS - SOME_BITS);
    let bits = u64::from(u64::BITS);
    ((first / bits) as usize % SOME_WORDS, 1 << (first % bits))
}

#[inline]
fn begin_of(tag: &[u8; 16]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *tag;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
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
