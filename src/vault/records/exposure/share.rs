//! Which numbers an exhibit exposed first, and which are in no other exhibit.

use std::sync::Arc;

use super::exhibit_index::{ExhibitIndex, any_of, numbers_of, ranges};
use super::range_set::RangeSet;
use crate::domain::ExhibitId;
use crate::vault::columns::CodeSet;
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;
use crate::vault::store::exhibit_rows::ExhibitRow;

/// What a withdrawal of an exhibit would remove from answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::vault) struct Share {
    pub(in crate::vault) messages: u64,
    pub(in crate::vault) numbers: u64,
    /// Numbers that are in no other exhibit that counts.
    pub(in crate::vault) numbers_only_here: u64,
}

impl<'s> CaseRecords<'s> {
    /// Any exhibit of the case, withdrawn or not.
    pub(in crate::vault) fn exhibit(&self, id: &ExhibitId) -> Option<&ExhibitRow> {
        self.ever().find(|exhibit| exhibit.id == *id)
    }

    pub(in crate::vault) fn share_of(&self, exhibit: &ExhibitRow) -> Result<Share, OperationError> {
        let mut index = ExhibitIndex::of(self, exhibit)?;
        let others = self.exhibits.iter().filter(|other| other.id != exhibit.id);
        let mut others = ExhibitIndex::of_all(self, others)?;
        let mut share = Share::default();
        for range in ranges(self) {
            let Some(block) = index.block(range)? else {
                // Read all the same, so that `finish` notices missing parts.
                any_of(&mut others, range)?;
                continue;
            };
            let numbers = numbers_of(&block);
            share.messages += block
                .iter()
                .map(|entry| u64::from(entry.messages))
                .sum::<u64>();
            share.numbers += numbers.count();
            share.numbers_only_here += numbers.count_without(&any_of(&mut others, range)?);
        }
        index.finish()?;
        others.into_iter().try_for_each(ExhibitIndex::finish)?;
        Ok(share)
    }

    /// The numbers of an exhibit that were in no exhibit admitted before it, withdrawn or not. The answer never
    /// changes. `None` if the case has no such exhibit.
    pub(in crate::vault) fn newly_exposed(
        &self,
        id: &ExhibitId,
    ) -> Result<Option<Arc<CodeSet>>, OperationError> {
        if let Some(known) = self.newly_exposed.borrow().get(id) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(exhibit) = self.exhibit(id) else {
            return Ok(None);
        };
        let mut index = ExhibitIndex::of(self, exhibit)?;
        let mut before = ExhibitIndex::of_all(self, self.before(exhibit))?;
        let mut set = CodeSet::new(self.case.numbers + 1);
        for range in ranges(self) {
            let (numbers, known) = (index.numbers(range)?, any_of(&mut before, range)?);
            let mut outside = false;
            numbers.for_each_without(&known, range, |number| {
                outside |= set.insert(number).is_err();
            });
            if outside {
                return Err(OperationError::Damaged {
                    place: format!("exhibit {id}, subject index, range {range}"),
                });
            }
        }
        index.finish()?;
        before.into_iter().try_for_each(ExhibitIndex::finish)?;
        let set = Arc::new(set);
        self.newly_exposed
            .borrow_mut()
            .insert(id.clone(), Arc::clone(&set));
        Ok(Some(set))
    }

    /// All exhibits that were admitted before this one.
    pub(in crate::vault::records) fn before<'r>(
        &'r self,
        exhibit: &ExhibitRow,
    ) -> impl Iterator<Item = &'r ExhibitRow> {
        let number = exhibit.number.0;
        self.ever().filter(move |other| other.number.0 < number)
    }

    /// All exhibits of the case, withdrawn or not, in no particular order.
    pub(in crate::vault::records) fn ever(&self) -> impl Iterator<Item = &ExhibitRow> {
        self.exhibits.iter().chain(&self.withdrawn)
    }
}

/// How far two sets of exhibits are apart: how many numbers only one of them has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::vault::records) struct Apart {
    pub(in crate::vault::records) only_first: u64,
    pub(in crate::vault::records) only_second: u64,
}

impl Apart {
    /// An unknown distance is treated as a small one.
    pub(in crate::vault::records) const UNKNOWN: Self = Self {
        only_first: 1,
        only_second: 1,
    };

    /// The distance of two sets if one contains the other.
    pub(in crate::vault::records) fn nested(first: u64, second: u64) -> Self {
        Self {
            only_first: first.saturating_sub(second),
            only_second: second.saturating_sub(first),
        }
    }
}

impl CaseRecords<'_> {
    /// For each of `others`, which are lists of exhibits, the distance from `these`; `None` if a list names an exhibit
    /// that the case does not have. Reads the indexes once, and holds one range in memory.
    pub(in crate::vault::records) fn apart(
        &self,
        these: &[String],
        others: &[&[String]],
    ) -> Result<Vec<Option<Apart>>, OperationError> {
        let mut indexes = ExhibitIndex::of_all(self, self.ever())?;
        let names: Vec<&str> = self.ever().map(|exhibit| exhibit.id.as_str()).collect();
        let places = |list: &[String]| -> Option<Vec<usize>> {
            let place = |id: &String| names.iter().position(|name| name == id);
            list.iter().map(place).collect()
        };
        let these = places(these).ok_or(OperationError::Internal("exhibits of an edition"))?;
        let others: Vec<Option<Vec<usize>>> = others.iter().map(|list| places(list)).collect();
        let mut apart = vec![Apart::default(); others.len()];
        for range in ranges(self) {
            let mut sets = Vec::with_capacity(indexes.len());
            for index in &mut indexes {
                sets.push(index.numbers(range)?);
            }
            let union = |places: &[usize]| {
                let mut numbers = RangeSet::new();
                for set in places.iter().filter_map(|place| sets.get(*place)) {
                    numbers.add(set);
                }
                numbers
            };
            let here = union(&these);
            for (apart, other) in apart.iter_mut().zip(&others) {
                let there = other.as_deref().map_or_else(RangeSet::new, union);
                apart.only_first += here.count_without(&there);
                apart.only_second += there.count_without(&here);
            }
        }
        indexes.into_iter().try_for_each(ExhibitIndex::finish)?;
        let known = apart.into_iter().zip(others);
        Ok(known.map(|(apart, other)| other.map(|_| apart)).collect())
    }
}
