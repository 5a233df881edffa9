//! Questions about the records of a case.

use serde_json::Value;

use super::{Reading, Scope};
use crate::domain::AccountName;
use crate::policy::{Action, ActionKind, Grant};
use crate::vault::budget::answered::Question;
use crate::vault::call::caller::Caller;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::keyring::RequestDigest;
use crate::vault::plaintext::{AskedNumbers, Phone};
use crate::vault::records::{
    AskedNumber, CaseRecords, Exposure, LookUp, LookUpResult, PageQuery, ProtectedQuery,
    RecordFilter, RecordPage, SearchedView, Table, TableQuery,
};
use crate::vault::scope::effect::Effect;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::exhibit_rows;

impl<'v> Reading<'v> {
    /// The records of the case, narrowed to what the grant covers.
    pub(in crate::vault) fn records(&self) -> Result<CaseRecords<'v>, OperationError> {
        let account = self.grant.account().cloned();
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let known = self
            .core
            .known_cases
            .of(self.connection, &keys, case.number)?;
        let records = self.records_of(case, account)?;
        Ok(records.asked_by(self.caller).with_known(known))
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

    /// Whether one of these subjects was erased. Its token is then as good as unknown.
    pub(in crate::vault) fn has_erased(&self, subjects: &[u32]) -> Result<bool, OperationError> {
        Ok(self.erased_among(subjects)?.contains(&true))
    }

    /// For each of these subjects of the case whether it was erased.
    pub(in crate::vault) fn erased_among(
        &self,
        subjects: &[u32],
    ) -> Result<Vec<bool>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let known = self
            .core
            .known_cases
            .of(self.connection, &keys, case.number)?;
        if known.erasures().is_empty() {
            return Ok(vec![false; subjects.len()]);
        }
        let records = self.records_of(case, None)?;
        let listed = |no: &u32| known.erasures().has_term(*no);
        let erased = |no| Ok(listed(no) || records.erasure_of(*no)?.is_none());
        subjects.iter().map(erased).collect()
    }

    /// How many messages and numbers that a filter keeps are of people whose numbers were erased.
    pub(in crate::vault) fn erased_of(
        &self,
        filter: &RecordFilter,
    ) -> Result<(u64, u64), OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let known = &self.core.known_cases;
        if known
            .of(self.connection, &keys, case.number)?
            .erasures()
            .is_empty()
        {
            return Ok((0, 0));
        }
        let subjects = self.records()?.subjects(filter)?;
        let numbers: Vec<u32> = subjects.iter().map(|subject| subject.number).collect();
        let erased = self.erased_among(&numbers)?.into_iter();
        let erased = subjects.iter().zip(erased).filter(|(_, erased)| *erased);
        Ok(erased.fold((0, 0), |(messages, numbers), (subject, _)| {
            (messages + subject.messages, numbers + 1)
        }))
    }

    /// The subject that a number is, if the caller would be told by a lookup that it is exposed; and its term in any
    /// case.
    pub(in crate::vault) fn subject_of(
        &self,
        phone: &Phone,
    ) -> Result<(Option<u32>, Option<u32>), OperationError> {
        let mut subjects = self.subjects()?;
        let asked = subjects.ask(0, phone)?;
        let seen = subjects.read(&asked)?;
        let term = asked.known.then_some(asked.no);
        Ok((term.filter(|_| seen.messages > 0), term))
    }

    /// What a lookup rests on. The team's is kept from act to act, like a liaison's.
    pub(super) fn searched(&self) -> Result<SearchedView, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let known = self
            .core
            .known_cases
            .of(self.connection, &keys, case.number)?;
        let account = self.grant.account();
        let searched = known.searched(account.map(AccountName::as_str), || {
            self.records()?.searched()
        })?;
        Ok(SearchedView::of(searched, account.is_some()))
    }

    /// The same for an answer that costs nothing: it compares no exhibits with each other. With each file that is
    /// admitted, an exact count of all records would tell how many of its messages the case had.
    pub(super) fn searched_for_nothing(&self) -> Result<SearchedView, OperationError> {
        let searched = self.searched()?;
        let exhibits = exhibit_rows::list_all(self.connection, self.case_row()?.number)?;
        let compares = exhibits.len() > 1 && self.grant.account().is_none();
        Ok(match compares {
            true => searched.without_records(),
            false => searched,
        })
    }

    fn subjects(&self) -> Result<LookUp<'v>, OperationError> {
        let account = self.grant.account();
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let known = self
            .core
            .known_cases
            .of(self.connection, &keys, case.number)?;
        LookUp::open(self.connection, keys, known, case, account)
    }
}

/// What stands for a question about the records of a case, asked in this session. Its answer follows from it alone.
///
/// None of a liaison: it must not learn from a price whether an exhibit came in that its account is not in.
pub(in crate::vault) fn question_of(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    grant: &Grant,
    case: Option<&CaseRow>,
    (action, question): (ActionKind, &Value),
) -> Result<Option<Question>, OperationError> {
    let (Some(session), Some(case), None) = (caller.session_id(), case, grant.account()) else {
        return Ok(None);
    };
    let keys = core.case_keys(&case.id)?;
    let mut digest = RequestDigest::of(&keys, "question about a case's records");
    digest.part(action.name().as_bytes());
    digest.part(question.to_string().as_bytes());
    let bytes = core.settings.table_bytes;
    let records = CaseRecords::open(keys, bytes, connection, case, None)?;
    digest.part(&records.edition());
    Ok(Some(Question {
        session: session.clone(),
        digest: digest.finish(),
    }))
}

impl<A: Action> Scope<'_, A> {
    /// Asks for each number whether it is in the case.
    ///
    /// A liaison is told `not_exposed` of a number that is in other accounts only,
    /// by the same path: a number that nobody has is looked up in the place of one
    /// that somebody has. What the answers rest on is the same for all of them.
    pub fn look_up(
        &mut self,
        numbers: &AskedNumbers,
    ) -> Result<(Vec<LookUpResult>, SearchedView), OperationError> {
        let mut touched = Vec::new();
        let searched = match numbers.distinct() {
            0 => self.searched_for_nothing()?,
            _ => self.searched()?,
        };
        let mut subjects = self.subjects()?;
        let mut asked = Vec::with_capacity(numbers.len());
        for (at, phone) in numbers.with_places() {
            asked.push(subjects.ask(at, phone)?);
        }
        let mut results: Vec<LookUpResult> = (0..numbers.len())
            .map(|at| match numbers.why_unreadable(at) {
                Some(why) => LookUpResult::unreadable(at, why),
                None => LookUpResult::plain(at, Exposure::NotExposed),
            })
            .collect();
        // Neighbours stand in one block: each block is opened once.
        asked.sort_unstable_by_key(|one| one.no);
        for one in &asked {
            let seen = subjects.read(one)?;
            let exposed = one.known && seen.messages > 0;
            let result = subjects.result(seen, one)?;
            if exposed {
                touched.push(one.no);
            }
            if let Some(place) = results.get_mut(one.at) {
                *place = result;
            }
        }
        self.note_rows(numbers.len() as u64);
        touched.into_iter().for_each(|no| self.notes.touch(no));
        Ok((results, searched))
    }

    /// A page of masked records.
    pub fn search_records(&mut self, query: &PageQuery<'_>) -> Result<RecordPage, OperationError> {
        let (page, touched) = self.records()?.page(query, self.core.nonce()?)?;
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
}
