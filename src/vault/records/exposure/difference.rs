//! What one exhibit has and another does not, counted from their subject indexes. Opens no column, and holds one range
//! in memory.

use std::collections::BTreeMap;

use super::exhibit_index::{ExhibitIndex, any_of, numbers_of, ranges};
use super::range_set::RangeSet;
use crate::domain::Field;
use crate::vault::columns::SubjectBlock;
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;
use crate::vault::store::exhibit_rows::ExhibitRow;

/// The difference of one exhibit against another. Either may be withdrawn.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::vault) struct Difference {
    pub(in crate::vault) exhibit: String,
    pub(in crate::vault) against: String,
    pub(in crate::vault) messages: Sides,
    pub(in crate::vault) numbers: Changes,
    /// Numbers of this exhibit that were in no exhibit admitted before it, withdrawn or not.
    pub(in crate::vault) newly_exposed: u64,
    /// For each account of either exhibit, in the order of account names.
    pub(in crate::vault) accounts: Vec<AccountDifference>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Sides {
    pub(in crate::vault) exhibit: u64,
    pub(in crate::vault) against: u64,
}

/// Counts of distinct numbers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Changes {
    /// In this exhibit, not in the other.
    pub(in crate::vault) new: u64,
    /// In the other, not in this one.
    pub(in crate::vault) gone: u64,
    pub(in crate::vault) unchanged: u64,
}

/// The difference in one account. A number counts in each account that it is in.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::vault) struct AccountDifference {
    pub(in crate::vault) account: String,
    pub(in crate::vault) messages: Sides,
    pub(in crate::vault) numbers: Changes,
}

impl CaseRecords<'_> {
    pub(in crate::vault) fn difference(
        &self,
        exhibit: &ExhibitRow,
        against: &ExhibitRow,
    ) -> Result<Difference, OperationError> {
        let mut this = ExhibitIndex::of(self, exhibit)?;
        let mut other = ExhibitIndex::of(self, against)?;
        // The other exhibit is opened once, even if it is also one of the earlier ones.
        let before = self.before(exhibit).filter(|row| row.id != against.id);
        let mut before = ExhibitIndex::of_all(self, before)?;
        let other_came_before = against.number.0 < exhibit.number.0;
        let mut counted = Counted::default();
        for range in ranges(self) {
            let (here, there) = (this.block(range)?, other.block(range)?);
            let numbers = here.as_ref().map_or_else(RangeSet::new, numbers_of);
            let others = there.as_ref().map_or_else(RangeSet::new, numbers_of);
            counted.numbers.add(&numbers, &others);
            let mut known = any_of(&mut before, range)?;
            if other_came_before {
                known.add(&others);
            }
            counted.newly_exposed += numbers.count_without(&known);
            counted.add_accounts(here.as_ref(), there.as_ref());
        }
        this.finish()?;
        other.finish()?;
        before.into_iter().try_for_each(ExhibitIndex::finish)?;
        let mut accounts = Vec::with_capacity(counted.accounts.len());
        for (code, (messages, numbers)) in counted.accounts {
            accounts.push(AccountDifference {
                account: self.value(Field::Account, code)?,
                messages,
                numbers,
            });
        }
        accounts.sort_by(|a, b| a.account.cmp(&b.account));
        let sum = |side: fn(&Sides) -> u64| accounts.iter().map(|one| side(&one.messages)).sum();
        Ok(Difference {
            exhibit: exhibit.id.to_string(),
            against: against.id.to_string(),
            messages: Sides {
                exhibit: sum(|sides| sides.exhibit),
                against: sum(|sides| sides.against),
            },
            numbers: counted.numbers,
            newly_exposed: counted.newly_exposed,
            accounts,
        })
    }
}

#[derive(Default)]
struct Counted {
    numbers: Changes,
    newly_exposed: u64,
    /// By the account's code.
    accounts: BTreeMap<u32, (Sides, Changes)>,
}

impl Counted {
    fn add_accounts(&mut self, here: Option<&SubjectBlock>, there: Option<&SubjectBlock>) {
        let mut sets: BTreeMap<u32, (RangeSet, RangeSet)> = BTreeMap::new();
        let empty = || (RangeSet::new(), RangeSet::new());
        for entry in here.into_iter().flat_map(SubjectBlock::iter) {
            sets.entry(entry.account)
                .or_insert_with(empty)
                .0
                .insert(entry.number);
            let (messages, _) = self.accounts.entry(entry.account).or_default();
            messages.exhibit += u64::from(entry.messages);
        }
        for entry in there.into_iter().flat_map(SubjectBlock::iter) {
            sets.entry(entry.account)
                .or_insert_with(empty)
                .1
                .insert(entry.number);
            let (messages, _) = self.accounts.entry(entry.account).or_default();
            messages.against += u64::from(entry.messages);
        }
        for (account, (numbers, others)) in sets {
            let (_, changes) = self.accounts.entry(account).or_default();
            changes.add(&numbers, &others);
        }
    }
}

impl Changes {
    fn add(&mut self, numbers: &RangeSet, others: &RangeSet) {
        let new = numbers.count_without(others);
        self.new += new;
        self.gone += others.count_without(numbers);
        self.unchanged += numbers.count() - new;
    }
}
