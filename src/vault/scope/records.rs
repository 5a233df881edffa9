//! Questions about the records of a case.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use crate::domain::{AccountName, Field, Moment};
use crate::policy::{Action, Denial};
use crate::vault::budget;
use crate::vault::columns::{PackedSubjects, RANGE_NUMBERS};
use crate::vault::core::Core;
use crate::vault::effect::Effect;
use crate::vault::exhibits;
use crate::vault::keyring::CaseKeys;
use crate::vault::known_case::KnownCase;
use crate::vault::operation::OperationError;
use crate::vault::plaintext::{Phone, RawText, Region, SubjectToken};
use crate::vault::records::{
    CaseRecords, PageQuery, ProtectedQuery, RecordPage, Table, TableQuery,
};
use crate::vault::store::case_rows::CaseRow;
use crate::vault::terms::{NumberTerms, TermPlace};

/// What a lookup says of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    Exposed,
    NotExposed,
    /// The text is no phone number; nothing was charged for it.
    Unreadable,
}

/// The answer about one number, without the number.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LookUpResult {
    /// Its position in the question, from 0.
    #[serde(rename = "ref")]
    pub reference: usize,
    pub state: Exposure,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub subject: Option<SubjectToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub messages: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kinds: Option<Vec<String>>,
}

impl<'v, A: Action> Scope<'v, A> {
    /// The records of the case, narrowed to what the grant covers.
    pub(in crate::vault) fn records(&self) -> Result<CaseRecords<'v>, OperationError> {
        let account = self.grant.account().cloned();
        let records = CaseRecords::open(self.core, self.connection, self.case_row()?, account)?;
        Ok(records.asked_by(self.caller))
    }

    /// Asks for each number whether it is in the case.
    ///
    /// A liaison is told `not_exposed` of a number that is in other accounts only,
    /// by the same path: a number that nobody has is looked up in the place of one
    /// that somebody has.
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

    /// How many messages each of these subjects of the case has, of those the
    /// caller may know; none where all its records were withdrawn.
    pub(in crate::vault) fn messages_of(
        &self,
        subjects: &[u32],
    ) -> Result<Vec<u64>, OperationError> {
        let mut asked: Vec<Asked> = (0..)
            .zip(subjects)
            .map(|(at, no)| Asked {
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

    fn subjects(&self) -> Result<Subjects<'v>, OperationError> {
        let account = self.grant.account();
        Subjects::open(self.core, self.connection, self.case_row()?, account)
    }

    /// A first look at the budget, before the work; the ledger has the last word.
    fn too_little_left(&self, readable: usize) -> Result<Option<Denial>, OperationError> {
        let (case, operator) = (self.case_row()?, self.operator()?);
        let left = budget::left(self.core, self.connection, operator, case.number, self.now)?;
        let missing = readable as f64 - left;
        Ok((missing > 0.0).then(|| Denial::BudgetSpent {
            retry_after: budget::wait(self.core.settings.lookup_budget, missing),
        }))
    }
}

/// The subjects of a case, as one act may know them.
struct Subjects<'s> {
    core: &'s Core,
    connection: &'s Connection,
    case: &'s CaseRow,
    keys: Arc<CaseKeys>,
    known: Arc<KnownCase>,
    /// The one account a liaison may learn about: its code, or none if no record has it.
    account: Option<Option<u32>>,
    numbers: NumberTerms,
    range: Option<u32>,
    blocks: Vec<PackedSubjects>,
    /// Of withdrawn exhibits: they tell of nobody, but their numbers are no damage.
    withdrawn: Vec<PackedSubjects>,
}

/// A number by its place in the index.
struct Asked {
    /// Position in the question.
    at: usize,
    /// The term number, or one to look at in its place.
    no: u32,
    known: bool,
}

/// What the index holds of one number.
struct Seen {
    messages: u64,
    first: i64,
    last: i64,
    kinds: BTreeSet<u32>,
}

impl<'s> Subjects<'s> {
    fn open(
        core: &'s Core,
        connection: &'s Connection,
        case: &'s CaseRow,
        account: Option<&AccountName>,
    ) -> Result<Self, OperationError> {
        let keys = core.case_keys(&case.id)?;
        let known = core.known_cases.of(connection, case.number)?;
        let account = match account {
            Some(account) => {
                let accounts = known.accounts(connection, core, &keys)?;
                Some(accounts.code(account.as_str()))
            }
            None => None,
        };
        Ok(Self {
            core,
            connection,
            case,
            keys,
            known,
            account,
            numbers: NumberTerms::default(),
            range: None,
            blocks: Vec::new(),
            withdrawn: Vec::new(),
        })
    }

    /// Finds a number and opens the term that stands there: a tag that was made to
    /// point at somebody else is damage, not an answer. A number the case does not
    /// have opens one in its place, so that both take the same path.
    fn ask(&mut self, at: usize, phone: &Phone) -> Result<Asked, OperationError> {
        let tag = self.keys.tags(Field::Number).tag_phone(phone);
        let place = TermPlace {
            connection: self.connection,
            keys: &self.keys,
            case: self.case.number,
        };
        let exhibits = self.known.exhibits().iter().map(|exhibit| exhibit.number);
        let found = place
            .terms(Field::Number)
            .find_among(self.connection, exhibits, tag.as_bytes())?
            .filter(|no| (1..=self.case.numbers).contains(no));
        let [a, b, c, d, ..] = *tag.as_bytes();
        let decoy = u32::from_be_bytes([a, b, c, d])
            .checked_rem(self.case.numbers)
            .map_or(0, |no| no + 1);
        let asked = Asked {
            at,
            no: found.unwrap_or(decoy),
            known: found.is_some(),
        };
        if asked.no > 0 {
            let same = self.numbers.holds(place, asked.no, phone)?;
            if asked.known && !same {
                return Err(OperationError::Damaged {
                    place: format!("term {}", asked.no),
                });
            }
        }
        Ok(asked)
    }

    fn read(&mut self, asked: &Asked) -> Result<Seen, OperationError> {
        let range = asked.no / RANGE_NUMBERS;
        if self.range != Some(range) {
            self.open_range(range)?;
        }
        let damaged = || OperationError::Damaged {
            place: format!("subject index, range {range}"),
        };
        let mut seen = Seen {
            messages: 0,
            first: i64::MAX,
            last: i64::MIN,
            kinds: BTreeSet::new(),
        };
        let mut anywhere = false;
        for block in &self.blocks {
            for entry in block.find(asked.no).map_err(|_| damaged())? {
                anywhere = true;
                if self
                    .account
                    .is_some_and(|account| account != Some(entry.account))
                {
                    continue;
                }
                seen.messages += u64::from(entry.messages);
                seen.first = seen.first.min(entry.first);
                seen.last = seen.last.max(entry.last);
                seen.kinds.insert(entry.kind);
            }
        }
        for block in &self.withdrawn {
            anywhere |= !block.find(asked.no).map_err(|_| damaged())?.is_empty();
        }
        // A number of the case is in one of its exhibits, or a part of the index is gone.
        if asked.known && !anywhere {
            return Err(damaged());
        }
        Ok(seen)
    }

    fn open_range(&mut self, range: u32) -> Result<(), OperationError> {
        self.range = Some(range);
        self.blocks.clear();
        self.withdrawn.clear();
        for exhibit in self.known.exhibits() {
            let of = (exhibit.number, &exhibit.id);
            let block = exhibits::open_packed_subjects(self.connection, &self.keys, of, range)?;
            match exhibit.counts {
                true => self.blocks.extend(block),
                false => self.withdrawn.extend(block),
            }
        }
        Ok(())
    }

    /// Put together for every number, exposed or not, so that the time says less.
    fn result(&self, seen: Seen, asked: &Asked) -> Result<LookUpResult, OperationError> {
        let subject = self.keys.tokens().token(asked.no);
        let dictionary = self.known.kinds(self.connection, self.core, &self.keys)?;
        let mut kinds = Vec::with_capacity(seen.kinds.len());
        for kind in &seen.kinds {
            let value = dictionary.value(*kind).map(str::to_owned);
            kinds.push(value.ok_or_else(|| OperationError::Damaged {
                place: format!("dictionary {}, code {kind}", Field::Kind.label()),
            })?);
        }
        kinds.sort_unstable();
        if !asked.known || seen.messages == 0 {
            return Ok(LookUpResult::plain(asked.at, Exposure::NotExposed));
        }
        Ok(LookUpResult {
            reference: asked.at,
            state: Exposure::Exposed,
            subject: Some(subject),
            messages: Some(seen.messages),
            first: Some(Moment::from_seconds(seen.first)),
            last: Some(Moment::from_seconds(seen.last)),
            kinds: Some(kinds),
        })
    }
}

impl LookUpResult {
    fn plain(reference: usize, state: Exposure) -> Self {
        Self {
            reference,
            state,
            subject: None,
            messages: None,
            first: None,
            last: None,
            kinds: None,
        }
    }
}

/// What a number costs: a miss more than a hit.
const FOUND: u32 = 1;
const NOT_FOUND: u32 = 2;
