//! Compiles a filter into times and codes to keep, with the dictionaries of a case.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::columns::Columns;
use super::sealed_columns::SealedColumns;
use super::wanted_codes::WantedCodes;
use crate::domain::{AccountName, Field};
use crate::vault::columns::{BlockStatistics, CodeSet};
use crate::vault::error::{DataRefusal, OperationError};
use crate::vault::records::filter::{NEWLY_EXPOSED_IN, RecordFilter};
use crate::vault::records::opened::CaseRecords;

/// The times and codes that a scan keeps.
pub(in crate::vault::records) struct Plan {
    times: Range<i64>,
    codes: Vec<(Field, CodeSet)>,
    /// States that are kept in these countries only, by their codes.
    places: HashMap<u32, CodeSet>,
    /// The number of a record must be in all of these sets.
    numbers: Vec<Arc<CodeSet>>,
    /// Some member of the filter has only values that are in no dictionary.
    nothing: bool,
    /// The first of the codes are those of the only account that the caller may see. What is read then follows from
    /// this account's records alone, whatever the filter says of others.
    bound: bool,
}

impl CaseRecords<'_> {
    /// The plan of a filter, restricted to the account of a liaison.
    pub(in crate::vault::records) fn plan(
        &self,
        filter: &RecordFilter,
    ) -> Result<Plan, OperationError> {
        Plan::compile(self, filter, self.account())
    }
}

impl Plan {
    /// A value that is in no dictionary matches nothing. To a liaison, an account of somebody else and an account that
    /// does not exist are therefore the same.
    pub(in crate::vault::records) fn compile(
        records: &CaseRecords<'_>,
        filter: &RecordFilter,
        account: Option<&AccountName>,
    ) -> Result<Self, OperationError> {
        filter.check(account)?;
        let from = filter.sent_from.map_or(i64::MIN, |moment| moment.seconds());
        let to = filter.sent_to.map_or(i64::MAX, |moment| moment.seconds());
        let mut plan = Self {
            times: from..to,
            codes: Vec::new(),
            places: HashMap::new(),
            numbers: Vec::new(),
            nothing: false,
            bound: account.is_some(),
        };
        let mut own = None;
        if let Some(account) = account {
            let dictionary = records.dictionary(Field::Account)?;
            own = dictionary.code(account.as_str());
            let set = CodeSet::of(dictionary.size(), own)
                .map_err(|_| OperationError::Internal("plan: account"))?;
            plan.nothing = set.is_empty();
            plan.codes.push((Field::Account, set));
        }
        for (field, values) in filter.of_dictionaries() {
            if !values.is_empty() {
                let wanted = WantedCodes::of(records, field, values)?;
                if field == Field::Account && plan.bound {
                    // Another account is as good as none, whether the case has it or not.
                    plan.nothing |= !own.is_some_and(|own| wanted.set.contains(own));
                    continue;
                }
                plan.keep(field, wanted.set);
                plan.places.extend(wanted.places);
            }
        }
        if !filter.subject.is_empty() {
            let known = records.subjects_of_tokens(&filter.subject);
            let numbers = CodeSet::of(records.case.numbers + 1, known.into_iter().flatten())
                .map_err(|_| OperationError::Internal("plan: subjects"))?;
            plan.nothing |= numbers.is_empty() && !plan.bound;
            plan.numbers.push(Arc::new(numbers));
        }
        if let Some(exhibit) = &filter.newly_exposed_in {
            let numbers = records
                .newly_exposed(exhibit)?
                .ok_or_else(|| DataRefusal::NoExhibit.at(NEWLY_EXPOSED_IN))?;
            plan.nothing |= numbers.is_empty();
            plan.numbers.push(numbers);
        }
        Ok(plan)
    }

    pub(in crate::vault::records) fn finds_nothing(&self) -> bool {
        self.nothing
    }

    pub(in crate::vault::records) fn keeps_everything(&self) -> bool {
        !self.has_times() && self.codes.is_empty() && self.numbers.is_empty() && !self.nothing
    }

    /// Whether a block may have a record that the plan keeps.
    pub(in crate::vault::records) fn may_find(&self, statistics: &BlockStatistics) -> bool {
        if self.bound {
            let mut own = self.codes.iter().take(1);
            return own.all(|(field, set)| statistics.may_hold_code(*field, set));
        }
        let times = self.times.clone();
        statistics.may_hold_time(times.start, times.end)
            && self
                .codes
                .iter()
                .all(|(field, set)| statistics.may_hold_code(*field, set))
    }

    /// Narrows the selection of a block. Opens only the columns that are needed.
    pub(in crate::vault::records) fn narrow<S: SealedColumns>(
        &self,
        columns: &mut Columns<'_, S>,
        statistics: &BlockStatistics,
    ) -> Result<(), OperationError> {
        let mut codes = self.codes.iter().map(|(field, set)| (*field, set));
        // The records of others are put aside first.
        let own = if self.bound { codes.next() } else { None };
        if let Some((field, set)) = own {
            columns.open(&[field])?;
            columns.narrow(field, |_, codes, selection| {
                selection.keep_codes(codes, set)
            })?;
        }
        if self.needs_times(statistics) {
            columns.open(&[Field::SentAt])?;
            columns.narrow(Field::SentAt, |times, _, selection| {
                selection.keep_times(times, self.times.clone())
            })?;
        }
        let numbers = self.numbers.iter().map(|set| (Field::Number, &**set));
        for (field, set) in codes.chain(numbers) {
            if columns.selection().is_empty() {
                return Ok(());
            }
            columns.open(&[field])?;
            columns.narrow(field, |_, codes, selection| {
                selection.keep_codes(codes, set)
            })?;
        }
        if self.needs_places() && !columns.selection().is_empty() {
            columns.open(&PLACE)?;
            columns.narrow_pair(PLACE, |state, country| {
                let kept = self.places.get(&state);
                kept.is_none_or(|countries| countries.contains(country))
            })?;
        }
        Ok(())
    }

    /// The fields that `narrow` may open, each once.
    pub(in crate::vault::records) fn fields(
        &self,
        statistics: &BlockStatistics,
    ) -> impl Iterator<Item = Field> {
        let times = self.needs_times(statistics).then_some(Field::SentAt);
        times.into_iter().chain(self.code_fields())
    }

    /// Those of these fields that have codes.
    pub(in crate::vault::records) fn code_fields(&self) -> impl Iterator<Item = Field> {
        let numbers = (!self.numbers.is_empty()).then_some(Field::Number);
        let mut fields: Vec<Field> = self.codes.iter().map(|(field, _)| *field).collect();
        fields.extend(numbers);
        if self.needs_places() {
            fields.extend(PLACE);
        }
        fields.sort_unstable();
        fields.dedup();
        fields.into_iter()
    }

    /// Whether the block may have records outside the times that are kept.
    fn needs_times(&self, statistics: &BlockStatistics) -> bool {
        let covered = self.times.start <= statistics.first() && statistics.last() < self.times.end;
        self.has_times() && (self.bound || !covered)
    }

    /// Whether a state is kept in some countries only. Which states there are also depends on other accounts.
    fn needs_places(&self) -> bool {
        let of_state = || self.codes.iter().any(|(field, _)| *field == Field::State);
        !self.places.is_empty() || (self.bound && of_state())
    }

    fn has_times(&self) -> bool {
        self.times != (i64::MIN..i64::MAX)
    }

    fn keep(&mut self, field: Field, set: CodeSet) {
        self.nothing |= set.is_empty() && !self.bound;
        self.codes.push((field, set));
    }
}

/// The fields that say where somebody is, in the log's words.
const PLACE: [Field; 2] = [Field::State, Field::Country];
