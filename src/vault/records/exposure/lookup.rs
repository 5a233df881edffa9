//! Looks numbers up in the subject indexes of a case.
//!
//! Sees the number that was asked for, term numbers and the keys of the case. Opens no column.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{AccountName, Field, Moment};
use crate::vault::columns::{PackedSubjects, RANGE_NUMBERS};
use crate::vault::error::OperationError;
use crate::vault::exhibits::description;
use crate::vault::exhibits::known_case::KnownCase;
use crate::vault::exhibits::known_parts::KnownParts;
use crate::vault::exhibits::tag_runs::{Sought, TagSearch};
use crate::vault::exhibits::terms::{NumberTerms, TermPlace};
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Phone, SubjectToken, Unreadable};
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseRow;

/// What a lookup says about one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// The number is in an exhibit that the caller may know of.
    Exposed,
    /// The number is in none of them.
    NotExposed,
    /// The text was not read as a phone number; `why` says why. It is not charged.
    Unreadable,
}

/// The answer about one number, without the number.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LookUpResult {
    /// Its position in the question, from 0.
    #[serde(rename = "ref")]
    pub reference: usize,
    /// Whether the number was found.
    pub state: Exposure,
    /// Why the text was not read, only if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub why: Option<Unreadable>,
    /// Its token in this case. This and all that follows is left out for a number that was not found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub subject: Option<SubjectToken>,
    /// How many messages it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub messages: Option<u64>,
    /// When the first of them was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first: Option<Moment>,
    /// When the last of them was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last: Option<Moment>,
    /// The kinds of these messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kinds: Option<Vec<String>>,
}

/// The subject indexes of a case, restricted to what one act may know.
pub(in crate::vault) struct LookUp<'s> {
    connection: &'s Snapshot,
    case: &'s CaseRow,
    keys: Arc<CaseKeys>,
    known: Arc<KnownCase>,
    /// The only account a liaison may learn about: its code, or `None` if no record has it.
    account: Option<Option<u32>>,
    tags: TagSearch<'s>,
    numbers: NumberTerms,
    range: Option<u32>,
    blocks: Vec<PackedSubjects>,
    /// Blocks of withdrawn exhibits. They expose nobody, but explain why a number is a term of the case.
    withdrawn: Vec<PackedSubjects>,
}

/// A number that was asked for.
pub(in crate::vault) struct AskedNumber {
    /// Position in the question.
    pub(in crate::vault) at: usize,
    /// Its term number, or another one that is read in its place.
    pub(in crate::vault) no: u32,
    pub(in crate::vault) known: bool,
}

/// What the indexes have of one number.
pub(in crate::vault) struct IndexEntries {
    pub(in crate::vault) messages: u64,
    first: i64,
    last: i64,
    kinds: BTreeSet<u32>,
}

impl<'s> LookUp<'s> {
    pub(in crate::vault) fn open(
        connection: &'s Snapshot,
        keys: Arc<CaseKeys>,
        known: Arc<KnownCase>,
        case: &'s CaseRow,
        account: Option<&AccountName>,
    ) -> Result<Self, OperationError> {
        let account = match account {
            Some(account) => {
                let accounts = known.accounts(connection, &keys)?;
                Some(accounts.code(account.as_str()))
            }
            None => None,
        };
        Ok(Self {
            connection,
            case,
            keys,
            known,
            account,
            tags: TagSearch::of(connection, case.number, Field::Number),
            numbers: NumberTerms::default(),
            range: None,
            blocks: Vec::new(),
            withdrawn: Vec::new(),
        })
    }

    /// Finds a number, or proves from the runs where it would be that no exhibit has it. Opens the term that was found
    /// and compares it. For a number that the case does not have, a term beside its place is opened: of a run that was
    /// read anyway, so that both cases do the same work and read the same rows.
    pub(in crate::vault) fn ask(
        &mut self,
        at: usize,
        phone: &Phone,
    ) -> Result<AskedNumber, OperationError> {
        let tag = self.keys.tags(Field::Number).tag_phone(phone);
        let place = TermPlace {
            connection: self.connection,
            keys: &self.keys,
            case: self.case.number,
            added: self.known.added(),
        };
        let (no, known) = match self.tags.seek(&self.keys, self.known.added(), &tag)? {
            Sought::Found(no) => (no, true),
            Sought::Absent { beside } => (beside.unwrap_or_default(), false),
        };
        // An erased number is absent from the moment its erasure is carried out, before its term is overwritten.
        let erased = self.known.erasures().has(&self.keys, phone);
        let asked = AskedNumber {
            at,
            no,
            known: known && !erased,
        };
        if asked.no > 0 {
            let same = self.numbers.holds(place, asked.no, phone)?;
            if known && !same {
                return Err(OperationError::Damaged {
                    place: format!("term {}", asked.no),
                });
            }
        }
        Ok(asked)
    }

    /// Reads what the indexes have of a number. Cheap in the order of term numbers: each range is then opened once.
    pub(in crate::vault) fn read(
        &mut self,
        asked: &AskedNumber,
    ) -> Result<IndexEntries, OperationError> {
        let range = asked.no / RANGE_NUMBERS;
        if self.range != Some(range) {
            self.open_range(range)?;
        }
        let damaged = || OperationError::Damaged {
            place: format!("subject index, range {range}"),
        };
        let mut seen = IndexEntries {
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
        // A number of the case is in at least one of its exhibits; otherwise a part of the index is missing.
        if asked.known && !anywhere {
            return Err(damaged());
        }
        Ok(seen)
    }

    fn open_range(&mut self, range: u32) -> Result<(), OperationError> {
        self.range = Some(range);
        self.blocks.clear();
        self.withdrawn.clear();
        let exhibits = self.known.exhibits().iter();
        for exhibit in exhibits.filter(|exhibit| exhibit.ranges.has(range)) {
            let of = (exhibit.number, &exhibit.id);
            // Of an exhibit that does not count nothing is kept.
            let known = match exhibit.counts {
                true => KnownParts::of(self.connection, of, &exhibit.digest)?,
                false => None,
            };
            let of = (of, known.as_ref());
            let block = description::open_packed_subjects(self.connection, &self.keys, of, range)?;
            match exhibit.counts {
                true => self.blocks.push(block),
                false => self.withdrawn.push(block),
            }
        }
        Ok(())
    }

    /// Does the same work for every number, exposed or not, so that the time tells less.
    pub(in crate::vault) fn result(
        &self,
        seen: IndexEntries,
        asked: &AskedNumber,
    ) -> Result<LookUpResult, OperationError> {
        let subject = self.keys.tokens().token(asked.no);
        let dictionary = self.known.kinds(self.connection, &self.keys)?;
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
            why: None,
            subject: Some(subject),
            messages: Some(seen.messages),
            first: Some(Moment::from_seconds(seen.first)),
            last: Some(Moment::from_seconds(seen.last)),
            kinds: Some(kinds),
        })
    }
}

impl LookUpResult {
    /// The answer about a text that was not read.
    pub(in crate::vault) fn unreadable(reference: usize, why: Unreadable) -> Self {
        Self {
            why: Some(why),
            ..Self::plain(reference, Exposure::Unreadable)
        }
    }

    /// An answer without details.
    pub(in crate::vault) fn plain(reference: usize, state: Exposure) -> Self {
        Self {
            reference,
            state,
            why: None,
            subject: None,
            messages: None,
            first: None,
            last: None,
            kinds: None,
        }
    }
}
