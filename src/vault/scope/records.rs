//! Questions about the records of a case.

use super::{Reading, Scope};
use crate::domain::AccountName;
use crate::policy::{Action, Denial};
use crate::vault::budget::points;
use crate::vault::error::OperationError;
use crate::vault::plaintext::{Phone, RawText, Region};
use crate::vault::records::{
    AskedNumber, CaseRecords, Exposure, LookUp, LookUpResult, PageQuery, ProtectedQuery,
    RecordPage, Table, TableQuery,
};
use crate::vault::scope::effect::Effect;
use crate::vault::store::case_rows::CaseRow;

impl<'v> Reading<'v> {
    /// The records of the case, narrowed to what the grant covers.
    pub(in crate::vault) fn records(&self) -> Result<CaseRecords<'v>, OperationError> {
        let account = self.grant.account().cloned();
        let records = self.records_of(self.case_row()?, account)?;
        Ok(records.asked_by(self.caller))
    }

    /// The records of a case, not narrowed unless an account is given.
    pub(in crate::vault) fn records_of(
        &self,
        case: &'v CaseRow,
        account: Option<AccountName>,
    ) -> Result<CaseRecords<'v>, OperationError> {
        CaseRecords::open(
            self.core.case_keys(&case.id)?,
            self.core.settings.table_bytes,
            self.connection,
            case,
            account,
        )
    }

    /// How many messages each of these subjects of the case has, of those the
    /// caller may know; none where all its records were withdrawn.
    pub(in crate::vault) fn messages_of(
        &self,
        subjects: &[u32],
    ) -> Result<Vec<u64>, OperationError> {
        let mut asked: Vec<AskedNumber> = (0..)
            .zip(subjects)
            .map(|(at, no)| AskedNumber {
                at,
                no: *no,
                known: true,
            })
            .collect();
        // Neighbours stand in one block: each block is opened once.
        asked.sort_unstable_by_key(|one| one.no);
        let mut index = self.subjects()?;
        let mut messages = vec![0; subjects.len()];
        for one in &asked {
            let seen = index.read(one)?;
            if let Some(place) = messages.get_mut(one.at) {
                *place = seen.messages;
            }
        }
        Ok(messages)
    }

    fn subjects(&self) -> Result<LookUp<'v>, OperationError> {
        let account = self.grant.account();
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let known = self.core.known_cases.of(self.connection, case.number)?;
        LookUp::open(self.connection, keys, known, case, account)
    }
}

impl<A: Action> Scope<'_, A> {
    /// Asks for each number whether it is in the case.
    ///
    /// A liaison gets `not_exposed` for a number that is in other accounts only. The work is the
    /// same for every number: for an unknown number, the entry of a known one is read.
    pub fn look_up(
        &mut self,
        numbers: &[RawText],
        region: Option<Region>,
    ) -> Result<Vec<LookUpResult>, OperationError> {
        let most = self.core.settings.lookup_numbers;
        if !(1..=most).contains(&numbers.len()) {
            let rule = format!("must have 1 to {most} numbers");
            return Err(OperationError::invalid("numbers", rule));
        }
        self.note_rows(numbers.len() as u64);
        let (case, operator) = (self.case_row()?, self.operator()?);
        let phones: Vec<Option<Phone>> = numbers
            .iter()
            .map(|text| Phone::parse(text, region).ok().map(|parsed| parsed.phone))
            .collect();
        let readable = phones.iter().flatten();
        self.notes.alarm = self
            .core
            .run_alarm
            .note(operator, case.number, readable.clone());
        if let Some(denial) = self.too_little_left(readable.count())? {
            self.notes.denial = Some(denial);
            return Ok(Vec::new());
        }
        let mut subjects = self.subjects()?;
        let mut asked = Vec::with_capacity(phones.len());
        for (at, phone) in phones.iter().enumerate() {
            if let Some(phone) = phone {
                asked.push(subjects.ask(at, phone)?);
            }
        }
        drop(phones);
        let mut results: Vec<LookUpResult> = (0..numbers.len())
            .map(|at| LookUpResult::plain(at, Exposure::Unreadable))
            .collect();
        // Neighbours stand in one block: each block is opened once.
        asked.sort_unstable_by_key(|one| one.no);
        let mut points = 0_u32;
        for one in &asked {
            let seen = subjects.read(one)?;
            let exposed = one.known && seen.messages > 0;
            points = points.saturating_add(if exposed { FOUND } else { NOT_FOUND });
            let result = subjects.result(seen, one)?;
            if exposed {
                self.notes.touch(one.no);
            }
            if let Some(place) = results.get_mut(one.at) {
                *place = result;
            }
        }
        if points > 0 {
            self.notes.effects.push(Effect::Charge(points));
        }
        Ok(results)
    }

    /// A page of masked records.
    pub fn search_records(&mut self, query: &PageQuery<'_>) -> Result<RecordPage, OperationError> {
        let (page, touched) = self.records()?.page(query)?;
        self.note_rows(page.records.len() as u64);
        for no in touched {
            self.notes.touch(no);
        }
        Ok(page)
    }

    /// An exact table for the case's team, or of a liaison's own account.
    pub fn count_records(&mut self, query: &TableQuery) -> Result<Table, OperationError> {
        let threshold = self.core.settings.protected_threshold;
        let table = self.records()?.table(query, threshold)?;
        self.note_rows(table.rows.len() as u64);
        Ok(table)
    }

    /// A rounded table for others. That it was given out is written down with the
    /// leaf; one too close to an earlier one is refused.
    pub fn protected_table(&mut self, query: &ProtectedQuery) -> Result<Table, OperationError> {
        let least = self.core.settings.protected_threshold;
        let (table, release) = self.records()?.protected(query, least)?;
        self.note_rows(table.rows.len() as u64);
        self.notes.effects.extend(release.map(Effect::Release));
        Ok(table)
    }

    /// A first look at the budget, before the work; the ledger has the last word.
    fn too_little_left(&self, readable: usize) -> Result<Option<Denial>, OperationError> {
        let (case, operator) = (self.case_row()?, self.operator()?);
        let left = points::left(
            self.core.settings.lookup_budget,
            self.connection,
            operator,
            case.number,
            self.core.clock.measured(),
        )?;
        let missing = readable as f64 - left;
        Ok((missing > 0.0).then(|| Denial::BudgetSpent {
            retry_after: points::wait(self.core.settings.lookup_budget, missing),
        }))
    }
}

/// What a number costs: a miss more than a hit.
const FOUND: u32 = 1;
const NOT_FOUND: u32 = 2;
