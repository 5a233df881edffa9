//! The records of a case that one act may see.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;
use std::sync::Arc;

use crate::domain::{AccountName, ExhibitId, Field};
use crate::vault::call::caller::Caller;
use crate::vault::columns::{BLOCK_ROWS, CodeSet, Dictionary};
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::AddedTerms;
use crate::vault::exhibits::description::{self, ExhibitDescription};
use crate::vault::exhibits::erasures::Erasure;
use crate::vault::exhibits::known_case::KnownCase;
use crate::vault::exhibits::known_parts::KnownParts;
use crate::vault::exhibits::terms::{NumberTerms, TermPlace};
use crate::vault::keyring::{CaseKeys, RequestDigest};
use crate::vault::plaintext::{MaskedPhone, SubjectToken};
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::exhibit_rows::{self, ExhibitRow};
use crate::vault::store::{Snapshot, StoreError, dictionary_rows, erasure_rows};

/// The exhibits of one case that count in one snapshot, opened for one caller.
pub(in crate::vault) struct CaseRecords<'s> {
    /// The most that a table may take to count distinct numbers, in bytes.
    pub(super) table_bytes: usize,
    pub(super) connection: &'s Snapshot,
    pub(super) case: &'s CaseRow,
    pub(super) keys: Arc<CaseKeys>,
    pub(super) exhibits: Vec<ExhibitRow>,
    pub(super) descriptions: Vec<ExhibitDescription>,
    /// Their records are in no answer, but codes and terms of later exhibits continue after theirs.
    pub(super) withdrawn: Vec<ExhibitRow>,
    /// The only account that a liaison may see.
    account: Option<AccountName>,
    /// What is kept of the case from act to act, if the caller has it at hand.
    pub(super) known: Option<Arc<KnownCase>>,
    /// The caller who waits for the answer.
    pub(super) caller: Option<&'s Caller>,
    added: AddedTerms,
    /// How many numbers were erased from the case.
    pub(super) erasures: u64,
    dictionaries: RefCell<HashMap<Field, Rc<Dictionary>>>,
    /// What is kept on this machine of the parts of exhibits, by the position of each among those that count.
    parts: RefCell<HashMap<usize, Option<KnownParts>>>,
    numbers: RefCell<NumberTerms>,
    pub(super) newly_exposed: RefCell<HashMap<ExhibitId, Arc<CodeSet>>>,
}

impl<'s> CaseRecords<'s> {
    pub(in crate::vault) fn open(
        keys: Arc<CaseKeys>,
        table_bytes: usize,
        connection: &'s Snapshot,
        case: &'s CaseRow,
        account: Option<AccountName>,
    ) -> Result<Self, OperationError> {
        let all = exhibit_rows::list_all(connection, case.number)?;
        let mut descriptions = Vec::with_capacity(all.len());
        for exhibit in &all {
            let description = description::open_description(&keys, exhibit)?;
            if u64::from(description.blocks) != description.admitted.div_ceil(BLOCK_ROWS as u64) {
                return Err(OperationError::Damaged {
                    place: format!("exhibit {}, number of blocks", exhibit.id),
                });
            }
            descriptions.push(description);
        }
        let added = AddedTerms::of(all.iter().zip(&descriptions));
        let mut counts = all.iter().map(|exhibit| exhibit.withdrawn.is_none());
        descriptions.retain(|_| counts.next().unwrap_or(false));
        let (exhibits, withdrawn) = all
            .into_iter()
            .partition(|exhibit| exhibit.withdrawn.is_none());
        Ok(Self {
            table_bytes,
            connection,
            case,
            keys,
            exhibits,
            descriptions,
            withdrawn,
            account,
            known: None,
            caller: None,
            added,
            erasures: erasure_rows::TABLE.list(connection, case.number)?.len() as u64,
            dictionaries: RefCell::default(),
            parts: RefCell::default(),
            numbers: RefCell::default(),
            newly_exposed: RefCell::default(),
        })
    }

    /// The ids of the exhibits that an answer of now rests on. For a liaison those whose files name its account. A file
    /// of which all rows of the account were left out, because the case had their messages, is among them: else its
    /// withdrawal would tell that they were.
    pub(in crate::vault) fn rests_on(&self) -> Result<Vec<String>, OperationError> {
        let own = match &self.account {
            Some(account) => {
                let code = self.dictionary(Field::Account)?.code(account.as_str());
                Some(code.unwrap_or_default())
            }
            None => None,
        };
        let exhibits = self.exhibits.iter().zip(&self.descriptions);
        Ok(exhibits
            .filter(|(_, described)| own.is_none_or(|own| described.file_accounts.name(own)))
            .map(|(exhibit, _)| exhibit.id.to_string())
            .collect())
    }

    /// The records as they were when only these exhibits counted; `None` if one of them was withdrawn since.
    pub(in crate::vault) fn of_exhibits(
        &self,
        ids: &[String],
    ) -> Result<Option<Self>, OperationError> {
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
        records.caller = self.caller;
        Ok((records.exhibits.len() == ids.len()).then_some(records))
    }

    /// Scans stop when this caller no longer waits for the answer.
    pub(in crate::vault) fn asked_by(self, caller: &'s Caller) -> Self {
        Self {
            caller: Some(caller),
            ..self
        }
    }

    /// What an answer rests on is then counted once for each account.
    pub(in crate::vault) fn with_known(self, known: Arc<KnownCase>) -> Self {
        Self {
            known: Some(known),
            ..self
        }
    }

    /// The only account that the caller may learn about, if there is such a limit.
    pub(in crate::vault) fn account(&self) -> Option<&AccountName> {
        self.account.as_ref()
    }

    pub(in crate::vault) fn exhibits(&self) -> &[ExhibitRow] {
        &self.exhibits
    }

    pub(in crate::vault) fn withdrawn(&self) -> &[ExhibitRow] {
        &self.withdrawn
    }

    /// The dictionary of a field; opened once.
    pub(in crate::vault) fn dictionary(
        &self,
        field: Field,
    ) -> Result<Rc<Dictionary>, OperationError> {
        if let Some(dictionary) = self.dictionaries.borrow().get(&field) {
            return Ok(Rc::clone(dictionary));
        }
        let all = exhibit_rows::list_all(self.connection, self.case.number)?;
        let segment = |exhibit: &ExhibitRow| self.sealed_segment(exhibit, field);
        let dictionary = description::dictionary_of(&self.keys, &all, field, segment);
        let dictionary = Rc::new(dictionary?);
        self.dictionaries
            .borrow_mut()
            .insert(field, Rc::clone(&dictionary));
        Ok(dictionary)
    }

    /// What an exhibit added to the dictionary of a field. Of one that does not count nothing is kept on this machine.
    fn sealed_segment(
        &self,
        exhibit: &ExhibitRow,
        field: Field,
    ) -> Result<Option<Vec<u8>>, OperationError> {
        let (connection, number) = (self.connection, exhibit.number);
        let position = self.exhibits.iter().position(|one| one.number == number);
        match position {
            None => Ok(dictionary_rows::find(connection, number, field)?),
            Some(position) => self.reading(position, |known| match known {
                Some(known) => known.dictionary(connection, field),
                None => dictionary_rows::find(connection, number, field),
            }),
        }
    }

    /// Reads parts of the exhibit at this position among those that count, with what is kept of them on this machine.
    pub(super) fn reading<T>(
        &self,
        position: usize,
        read: impl FnOnce(Option<&mut KnownParts>) -> Result<T, StoreError>,
    ) -> Result<T, OperationError> {
        let mut parts = self.parts.borrow_mut();
        let known = match parts.entry(position) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let exhibit = self.exhibits.get(position);
                let known = exhibit.zip(self.descriptions.get(position));
                let known = known.map(|(exhibit, description)| {
                    let of = (exhibit.number, &exhibit.id);
                    KnownParts::of(self.connection, of, &description.blocks_digest)
                });
                place.insert(known.transpose()?.flatten())
            }
        };
        Ok(read(known.as_mut())?)
    }

    /// The value of a code.
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

    /// A keyed digest over the exhibits, the digests of their sealed parts as they were admitted, and how many erasures
    /// there are. It changes with every admission, every withdrawal and every erasure, and not with a new key.
    pub(in crate::vault) fn edition(&self) -> [u8; 32] {
        let mut digest = RequestDigest::of(&self.keys, "edition of a case's records");
        for (exhibit, description) in self.exhibits.iter().zip(&self.descriptions) {
            digest.part(exhibit.id.as_str().as_bytes());
            digest.part(description.admitted_digest.as_bytes());
        }
        digest.part(&self.erasures.to_be_bytes());
        digest.finish()
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

    /// Opens a number for as long as it takes to note its erasure; none if it was erased.
    pub(in crate::vault) fn erasure_of(&self, no: u32) -> Result<Option<Erasure>, OperationError> {
        let phone = self.numbers.borrow_mut().open(self.term_place(), no)?;
        Ok((!phone.is_erased()).then(|| Erasure::of(&self.keys, &phone)))
    }

    pub(in crate::vault) fn term_place(&self) -> TermPlace<'_> {
        TermPlace {
            connection: self.connection,
            keys: &self.keys,
            case: self.case.number,
            added: &self.added,
        }
    }
}
