//! The records of a case, as one act may see them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::filter::RecordFilter;
use super::plan::Plan;
use crate::domain::{AccountName, ExhibitId, Field};
use crate::vault::call::caller::Caller;
use crate::vault::columns::{BLOCK_ROWS, CodeSet, Codes, Dictionary, Selection};
use crate::vault::error::OperationError;
use crate::vault::exhibits::description::{self, ExhibitDescription};
use crate::vault::exhibits::terms::{NumberTerms, TermPlace};
use crate::vault::keyring::{CaseKeys, RequestDigest};
use crate::vault::plaintext::{MaskedPhone, SubjectToken};
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::exhibit_rows::{self, ExhibitRow};

/// The exhibits of one case that count in one snapshot, opened for one caller.
pub(in crate::vault) struct CaseRecords<'s> {
    /// The most that a table may take to count distinct numbers, in bytes.
    pub(super) table_bytes: usize,
    pub(super) connection: &'s Snapshot,
    pub(super) case: &'s CaseRow,
    pub(super) keys: Arc<CaseKeys>,
    pub(super) exhibits: Vec<ExhibitRow>,
    pub(super) descriptions: Vec<ExhibitDescription>,
    /// No record of theirs is in any answer; codes and terms count on from them.
    pub(super) withdrawn: Vec<ExhibitRow>,
    /// A liaison's one account.
    account: Option<AccountName>,
    /// Who waits for the answer.
    pub(super) caller: Option<&'s Caller>,
    dictionaries: RefCell<HashMap<Field, Rc<Dictionary>>>,
    numbers: RefCell<NumberTerms>,
    pub(super) newly_exposed: RefCell<HashMap<ExhibitId, Arc<CodeSet>>>,
}

/// How much a filter finds, and in which edition of the case's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Found {
    pub(in crate::vault) messages: u64,
    pub(in crate::vault) numbers: u64,
    /// It changes with every exhibit that is admitted or withdrawn.
    pub(in crate::vault) edition: [u8; 32],
}

impl<'s> CaseRecords<'s> {
    pub(in crate::vault) fn open(
        keys: Arc<CaseKeys>,
        table_bytes: usize,
        connection: &'s Snapshot,
        case: &'s CaseRow,
        account: Option<AccountName>,
    ) -> Result<Self, OperationError> {
        let (exhibits, withdrawn): (Vec<_>, Vec<_>) =
            exhibit_rows::list_all(connection, case.number)?
                .into_iter()
                .partition(|exhibit| exhibit.withdrawn.is_none());
        let mut descriptions = Vec::with_capacity(exhibits.len());
        for exhibit in &exhibits {
            let description = description::open_description(&keys, exhibit)?;
            if u64::from(description.blocks) != description.admitted.div_ceil(BLOCK_ROWS as u64) {
                return Err(OperationError::Damaged {
                    place: format!("exhibit {}, number of blocks", exhibit.id),
                });
            }
            descriptions.push(description);
        }
        Ok(Self {
            table_bytes,
            connection,
            case,
            keys,
            exhibits,
            descriptions,
            withdrawn,
            account,
            caller: None,
            dictionaries: RefCell::default(),
            numbers: RefCell::default(),
            newly_exposed: RefCell::default(),
        })
    }

    /// The same records as long as only these exhibits counted; nothing if one of
    /// them does not count any more.
    pub(super) fn of_exhibits(&self, ids: &[String]) -> Result<Option<Self>, OperationError> {
        let mut records = Self::open(
            Arc::clone(&self.keys),
            self.table_bytes,
            self.connection,
            self.case,
            self.account.clone(),
        )?;
        let counts = |exhibit: &ExhibitRow| ids.iter().any(|id| id == exhibit.id.as_str());
        let kept = records.exhibits.iter().map(counts).collect::<Vec<_>>();
        let mut keep = kept.iter().copied();
        records
            .descriptions
            .retain(|_| keep.next().unwrap_or(false));
        records.exhibits.retain(counts);
        Ok((records.exhibits.len() == ids.len()).then_some(records))
    }

    /// Its scans stop when the caller waits no more.
    pub(in crate::vault) fn asked_by(self, caller: &'s Caller) -> Self {
        Self {
            caller: Some(caller),
            ..self
        }
    }

    /// The one account the caller may learn about.
    pub(in crate::vault) fn account(&self) -> Option<&AccountName> {
        self.account.as_ref()
    }

    pub(in crate::vault) fn exhibits(&self) -> &[ExhibitRow] {
        &self.exhibits
    }

    pub(in crate::vault) fn withdrawn(&self) -> &[ExhibitRow] {
        &self.withdrawn
    }

    /// The case's dictionary of a field; opened once.
    pub(in crate::vault) fn dictionary(
        &self,
        field: Field,
    ) -> Result<Rc<Dictionary>, OperationError> {
        if let Some(dictionary) = self.dictionaries.borrow().get(&field) {
            return Ok(Rc::clone(dictionary));
        }
        let dictionary = Rc::new(description::load_dictionary(
            self.connection,
            &self.keys,
            self.case.number,
            field,
        )?);
        self.dictionaries
            .borrow_mut()
            .insert(field, Rc::clone(&dictionary));
        Ok(dictionary)
    }

    /// What a code stands for.
    pub(in crate::vault) fn value(
        &self,
        field: Field,
        code: u32,
    ) -> Result<String, OperationError> {
        let dictionary = self.dictionary(field)?;
        let value = dictionary.value(code).map(str::to_owned);
        value.ok_or_else(|| OperationError::Damaged {
            place: format!("dictionary {}, code {code}", field.label()),
        })
    }

    /// A keyed digest over the exhibits and the digests of their sealed parts.
    pub(in crate::vault) fn edition(&self) -> [u8; 32] {
        let mut digest = RequestDigest::of(&self.keys, "edition of a case's records");
        for (exhibit, description) in self.exhibits.iter().zip(&self.descriptions) {
            digest.part(exhibit.id.as_str().as_bytes());
            digest.part(description.blocks_digest.as_bytes());
        }
        digest.finish()
    }

    /// How much a filter finds: what a request for an export is bound to.
    pub(in crate::vault) fn result_of(
        &self,
        filter: &RecordFilter,
    ) -> Result<Found, OperationError> {
        let numbers = self.case.numbers;
        let begin = || (0, NumbersSeen::new(numbers));
        let parts = self.fold(
            &self.plan(filter)?,
            &[Field::Number],
            begin,
            |part, block| {
                part.0 += block.selection().count() as u64;
                part.1.add(block.codes(Field::Number)?, block.selection());
                Ok(())
            },
        )?;
        let (mut messages, mut seen) = begin();
        for (more, others) in parts {
            messages += more;
            seen.merge(&others);
        }
        Ok(Found {
            messages,
            numbers: seen.count(),
            edition: self.edition(),
        })
    }

    pub(super) fn plan(&self, filter: &RecordFilter) -> Result<Plan, OperationError> {
        Plan::compile(self, filter, self.account.as_ref())
    }

    pub(in crate::vault) fn token(&self, no: u32) -> SubjectToken {
        self.keys.tokens().token(no)
    }

    /// The term numbers of tokens; `None` where the case has no such subject.
    pub(in crate::vault) fn subjects_of_tokens(&self, tokens: &[SubjectToken]) -> Vec<Option<u32>> {
        tokens
            .iter()
            .map(|token| {
                let no = self.keys.tokens().subject(token)?;
                (1..=self.case.numbers).contains(&no).then_some(no)
            })
            .collect()
    }

    /// Opens a number for as long as it takes to mask it.
    pub(in crate::vault) fn mask(&self, no: u32) -> Result<MaskedPhone, OperationError> {
        let phone = self.numbers.borrow_mut().open(self.term_place(), no)?;
        Ok(MaskedPhone::of(&phone))
    }

    pub(in crate::vault) fn term_place(&self) -> TermPlace<'_> {
        TermPlace {
            connection: self.connection,
            keys: &self.keys,
            case: self.case.number,
        }
    }
}

/// Which numbers were seen, a bit for each of the case.
struct NumbersSeen(Vec<u64>);

impl NumbersSeen {
    fn new(numbers: u32) -> Self {
        Self(vec![0; numbers as usize / 64 + 1])
    }

    fn merge(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn add(&mut self, numbers: Codes<'_>, selection: &Selection) {
        let numbers = numbers.as_slice();
        selection.for_each(|row| {
            let number = numbers.get(row).copied().unwrap_or_default() as usize;
            if let Some(word) = self.0.get_mut(number / 64) {
                *word |= 1 << (number % 64);
            }
        });
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}
