//! The acts of a rotation, each with its leaf. The vault itself does them.
//!
//! What is written was sealed beforehand, outside the ledger. Each act sees whether it still fits: the key is the
//! newest, and what it replaces is what was read.

use std::sync::Arc;

use serde_json::json;

use super::rows;
use crate::domain::{CaseId, ExhibitId, Field};
use crate::policy::{Action, actions};
use crate::vault::admission::replaced_parts::ReplacedParts;
use crate::vault::call::done::Done;
use crate::vault::call::target::Target;
use crate::vault::door::Operation;
use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{HEADER, KeyId, Nonces};
use crate::vault::scope::Scope;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::detail_rows;
use crate::vault::store::term_rows::{StoredRun, Terms};

/// Some parts of an exhibit come under the new key; the leaf has the new digest over all of its parts.
pub(super) struct ResealParts {
    pub(super) case: CaseId,
    pub(super) exhibit: ExhibitId,
    pub(super) key: KeyId,
    pub(super) parts: ReplacedParts,
}

impl Operation for ResealParts {
    type Action = actions::ResealCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Exhibit(self.case.clone(), self.exhibit.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (_, keys) = case_of(scope, self.key)?;
        let mut nonces = Nonces::new(&*scope.core.entropy);
        self.parts.write(scope.transaction()?, &keys, &mut nonces)?;
        scope.notes.digest = Some(self.parts.digest);
        Ok(Done)
    }
}

/// Some runs of terms come under the new key.
pub(super) struct ResealTerms {
    pub(super) case: CaseId,
    pub(super) key: KeyId,
    pub(super) field: Field,
    pub(super) runs: Vec<ResealedRun>,
}

/// A run under the new key, and how the ciphertexts began that it was made of.
pub(super) struct ResealedRun {
    pub(super) before: [Vec<u8>; 2],
    pub(super) run: StoredRun,
}

impl ResealedRun {
    /// The key and the nonce of the values and of the tags: another ciphertext has another nonce.
    pub(super) fn headers(run: &StoredRun) -> [Vec<u8>; 2] {
        [&run.sealed, &run.tags].map(|sealed| sealed.iter().copied().take(HEADER).collect())
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.run.sealed.len() + self.run.tags.len()) as u64
    }
}

impl Operation for ResealTerms {
    type Action = actions::ResealCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (case, _) = case_of(scope, self.key)?;
        let rows = scope.transaction()?;
        let terms = Terms {
            case: case.number,
            field: self.field,
        };
        for ResealedRun { before, run } in &self.runs {
            let there = terms.stored_run(rows, run.first)?;
            // An erasure came between: the next pass takes what it left.
            if there.is_some_and(|there| ResealedRun::headers(&there) == *before) {
                terms.reseal(rows, run)?;
            }
        }
        Ok(Done)
    }
}

/// The small rows of the case come under the new key, some at a time.
pub(super) struct ResealRows {
    pub(super) case: CaseId,
    pub(super) key: KeyId,
}

impl Operation for ResealRows {
    type Action = actions::ResealCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (case, keys) = case_of(scope, self.key)?;
        let mut nonces = Nonces::new(&*scope.core.entropy);
        rows::reseal(scope.transaction()?, case, &keys, &mut nonces)?;
        Ok(Done)
    }
}

/// Some details of leaves of the case come under the new key.
pub(super) struct ResealDetails {
    pub(super) case: CaseId,
    pub(super) key: KeyId,
    pub(super) details: Vec<(u64, Vec<u8>)>,
}

impl Operation for ResealDetails {
    type Action = actions::ResealCase;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        case_of(scope, self.key)?;
        let rows = scope.transaction()?;
        for (seq, sealed) in &self.details {
            detail_rows::reseal(rows, *seq, sealed)?;
        }
        Ok(Done)
    }
}

/// Nothing is under an older key any more: they leave the keyring.
pub(super) struct Retire {
    pub(super) case: CaseId,
    pub(super) key: KeyId,
}

impl Operation for Retire {
    type Action = actions::RetireCaseKey;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    /// The file is on disk before the leaf is: if the leaf cannot be made durable after it, the older keys are gone all
    /// the same, and the leaf of the next start says the generation.
    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        let (case, _) = case_of(scope, self.key)?;
        // The large tables were looked through just before, and nobody has an older key to seal with. Requests and
        // releases that others wrote meanwhile are looked at once more: what is lost now is lost.
        if rows::left(scope.transaction()?, case, self.key)?.is_some() {
            return Err(OperationError::Internal("an older key is still in use"));
        }
        let mut keyring = scope.core.keyring_to_change()?;
        keyring.retire_case_keys(&case.id, &*scope.core.entropy)?;
        let generation = keyring.generation();
        drop(keyring);
        scope.notes.generation = Some(generation);
        scope.note_detail(json!({ "key": self.key.number() }));
        Ok(Done)
    }
}

/// The case and its keys, if this one is the newest.
fn case_of<'v, A: Action>(
    scope: &Scope<'v, A>,
    key: KeyId,
) -> Result<(&'v CaseRow, Arc<CaseKeys>), OperationError> {
    let case = scope.case_row()?;
    if scope.core.is_destroyed(case) {
        return Err(OperationError::NotFound);
    }
    let keys = scope.core.case_keys(&case.id)?;
    match keys.key_id() == key {
        true => Ok((case, keys)),
        false => Err(OperationError::Internal("the case has a newer key")),
    }
}
