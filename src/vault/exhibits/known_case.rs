//! Caches what a lookup needs to know about a case: its exhibits, what terms and ranges they must have, the
//! dictionaries of kinds and accounts, and how much of an account was searched.
//!
//! Kept from act to act, because it changes only with an admission, a withdrawal or an erasure. Every act compares it
//! with its own snapshot before use: by the marks of the rows of exhibits and erasures, which are control rows. Sees
//! the keys and dictionaries of the case, no number. Not promised: that damage to the stored dictionaries is noticed
//! before the next change, because they were read before; `doctor` opens everything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::domain::{ExhibitId, Field};
use crate::vault::columns::Dictionary;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::AddedTerms;
use crate::vault::exhibits::description::{self, open_description};
use crate::vault::exhibits::erasures::Erasures;
use crate::vault::exhibits::index_ranges::IndexRanges;
use crate::vault::exhibits::searched::Searched;
use crate::vault::keyring::CaseKeys;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::erasure_rows;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber};

/// The exhibits of a case, as they were when this was read.
pub(in crate::vault) struct KnownCase {
    case: CaseNumber,
    /// What the rows of exhibits and erasures were; none if it was read while they changed.
    mark: Option<[[u8; 32]; 2]>,
    erasures: Erasures,
    exhibits: Vec<KnownExhibit>,
    added: Arc<AddedTerms>,
    kinds: OnceLock<Dictionary>,
    accounts: OnceLock<Dictionary>,
    /// What the exhibits hold, of all accounts and of those that liaisons asked about.
    searched: Mutex<HashMap<Option<Box<str>>, Searched>>,
}

/// An admitted exhibit.
pub(in crate::vault) struct KnownExhibit {
    pub(in crate::vault) number: ExhibitNumber,
    pub(in crate::vault) id: ExhibitId,
    /// Whether it was not withdrawn.
    pub(in crate::vault) counts: bool,
    /// The ranges of its subject index.
    pub(in crate::vault) ranges: IndexRanges,
    /// The digest over its parts.
    pub(in crate::vault) digest: String,
}

/// The cases that were asked about recently.
#[derive(Default)]
pub(in crate::vault) struct KnownCases(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    cases: HashMap<CaseNumber, Arc<KnownCase>>,
    /// How often one was forgotten: what was read before that is not kept after it.
    forgotten: u64,
}

impl KnownCases {
    /// The case as it is in this snapshot.
    pub(in crate::vault) fn of(
        &self,
        connection: &Snapshot,
        keys: &CaseKeys,
        case: CaseNumber,
    ) -> Result<Arc<KnownCase>, OperationError> {
        let exhibits = exhibit_rows::mark(connection, case)?;
        let erasures = erasure_rows::TABLE.mark(connection, case)?;
        let mark = exhibits.zip(erasures).map(<[_; 2]>::from);
        let (known, forgotten) = {
            let kept = self.kept();
            (kept.cases.get(&case).cloned(), kept.forgotten)
        };
        let same = |known: &Arc<KnownCase>| mark.is_some() && known.mark == mark;
        if let Some(known) = known.filter(same) {
            return Ok(known);
        }
        let rows = exhibit_rows::list_all(connection, case)?;
        let descriptions = rows.iter().map(|row| open_description(keys, row));
        let descriptions = descriptions.collect::<Result<Vec<_>, _>>()?;
        let added = AddedTerms::of(rows.iter().zip(&descriptions));
        let exhibits = rows.into_iter().zip(descriptions);
        let exhibits = exhibits.map(|(row, description)| KnownExhibit {
            number: row.number,
            id: row.id,
            counts: row.withdrawn.is_none(),
            ranges: description.index_ranges,
            digest: description.blocks_digest,
        });
        let known = Arc::new(KnownCase {
            case,
            mark,
            erasures: Erasures::load(connection, keys, case)?,
            exhibits: exhibits.collect(),
            added: Arc::new(added),
            kinds: OnceLock::new(),
            accounts: OnceLock::new(),
            searched: Mutex::default(),
        });
        self.keep(&known, forgotten);
        Ok(known)
    }

    /// Keeps a case that was read when so many were forgotten. What was read while its rows change is of no use to
    /// anybody else.
    fn keep(&self, known: &Arc<KnownCase>, forgotten: u64) {
        let mut kept = self.kept();
        if known.mark.is_none() || kept.forgotten != forgotten {
            return;
        }
        if kept.cases.len() >= MOST_CASES && !kept.cases.contains_key(&known.case) {
            kept.cases.clear();
        }
        kept.cases.insert(known.case, Arc::clone(known));
    }

    /// Drops what is kept of a case.
    pub(in crate::vault) fn forget(&self, case: CaseNumber) {
        let mut kept = self.kept();
        kept.cases.remove(&case);
        kept.forgotten += 1;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KnownCase {
    pub(in crate::vault) fn exhibits(&self) -> &[KnownExhibit] {
        &self.exhibits
    }

    /// The numbers that were erased.
    pub(in crate::vault) fn erasures(&self) -> &Erasures {
        &self.erasures
    }

    /// Which exhibit added which terms.
    pub(in crate::vault) fn added(&self) -> &Arc<AddedTerms> {
        &self.added
    }

    pub(in crate::vault) fn kinds(
        &self,
        connection: &Snapshot,
        keys: &CaseKeys,
    ) -> Result<&Dictionary, OperationError> {
        self.opened(&self.kinds, Field::Kind, connection, keys)
    }

    pub(in crate::vault) fn accounts(
        &self,
        connection: &Snapshot,
        keys: &CaseKeys,
    ) -> Result<&Dictionary, OperationError> {
        self.opened(&self.accounts, Field::Account, connection, keys)
    }

    /// Whether any exhibit counts.
    pub(in crate::vault) fn has_exhibit(&self) -> bool {
        self.exhibits.iter().any(|exhibit| exhibit.counts)
    }

    /// What the exhibits hold of an account, or of all; counted once, by `count`.
    pub(in crate::vault) fn searched(
        &self,
        account: Option<&str>,
        count: impl FnOnce() -> Result<Searched, OperationError>,
    ) -> Result<Searched, OperationError> {
        let key = account.map(Box::from);
        let kept = || self.searched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(searched) = kept().get(&key).copied() {
            return Ok(searched);
        }
        // Counted without the lock: others need not wait for it.
        let searched = count()?;
        kept().insert(key, searched);
        Ok(searched)
    }

    fn opened<'k>(
        &self,
        kept: &'k OnceLock<Dictionary>,
        field: Field,
        connection: &Snapshot,
        keys: &CaseKeys,
    ) -> Result<&'k Dictionary, OperationError> {
        if let Some(dictionary) = kept.get() {
            return Ok(dictionary);
        }
        let dictionary = description::load_dictionary(connection, keys, self.case, field)?;
        Ok(kept.get_or_init(|| dictionary))
    }
}

const MOST_CASES: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_case_was_forgotten_is_not_kept_after_it() {
        let known = |mark| {
            Arc::new(KnownCase {
                case: CaseNumber(1),
                mark,
                erasures: Erasures::default(),
                exhibits: Vec::new(),
                added: Arc::default(),
                kinds: OnceLock::new(),
                accounts: OnceLock::new(),
                searched: Mutex::default(),
            })
        };
        let (cases, sound) = (KnownCases::default(), known(Some([[1; 32], [2; 32]])));
        let is_kept = || cases.kept().cases.contains_key(&CaseNumber(1));
        cases.keep(&known(None), 0);
        assert!(!is_kept());
        cases.keep(&sound, 0);
        assert!(is_kept());
        cases.forget(CaseNumber(1));
        cases.keep(&sound, 0);
        assert!(!is_kept());
        cases.keep(&sound, 1);
        assert!(is_kept());
    }
}
