//! What a request holds, sealed: what all of them have, and the part of its kind.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::domain::{AccountName, Moment, Purpose, RequestId};
use crate::vault::OperationError;
use crate::vault::clock::Term;
use crate::vault::core::Core;
use crate::vault::keyring::{CaseKeys, RequestDigest};
use crate::vault::plaintext::{Aad, open_json};
use crate::vault::scope::by_whom::ByWhom;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::request_rows::RequestRow;

/// What a fault calls it.
pub(super) const PLACE: &str = "request";

/// `B` is what is asked for and never changes, `F` what came after the decision.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed<B, F> {
    pub(super) purpose: Option<Purpose>,
    pub(super) reason: String,
    /// The one account the request is about, if it is about one.
    pub(super) account: Option<String>,
    pub(super) decision_reason: Option<String>,
    /// How long it waits for a decision. The row's digest covers it.
    pub(super) waits: KeptTerm,
    /// How long the decision holds. The decision's leaf covers it.
    pub(super) holds: Option<KeptTerm>,
    /// Keyed digest of what was found for it when it was asked. If that is another when it is
    /// decided or opened, it is refused.
    pub(super) found: [u8; 32],
    /// Who stopped it, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stopped: Option<ByWhom>,
    pub(super) body: B,
    pub(super) after: F,
}

/// A [`Term`] in seconds.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptTerm {
    ends: i64,
    runs_out: i64,
}

impl KeptTerm {
    pub(super) fn add_to(self, digest: &mut RequestDigest) {
        digest.part(&self.ends.to_be_bytes());
        digest.part(&self.runs_out.to_be_bytes());
    }

    pub(super) fn term(self) -> Term {
        Term {
            ends: Moment::from_seconds(self.ends),
            runs_out: Moment::from_seconds(self.runs_out),
        }
    }
}

impl From<Term> for KeptTerm {
    fn from(term: Term) -> Self {
        Self {
            ends: term.ends.seconds(),
            runs_out: term.runs_out.seconds(),
        }
    }
}

impl<B, F> Sealed<B, F> {
    /// How long the request has to go: to be decided or, once it is, to be used.
    pub(super) fn term(&self) -> Term {
        self.holds.unwrap_or(self.waits).term()
    }
}

impl<B: Serialize, F: Serialize> Sealed<B, F> {
    pub(super) fn seal(
        &self,
        core: &Core,
        keys: &CaseKeys,
        id: &RequestId,
    ) -> Result<Vec<u8>, OperationError> {
        let aad = Aad::request(&core.vault, keys.case(), id);
        core.seal_json(keys.requests(), &aad, self)
    }
}

impl<B: DeserializeOwned, F: DeserializeOwned> Sealed<B, F> {
    pub(super) fn open(
        core: &Core,
        keys: &CaseKeys,
        row: &RequestRow,
    ) -> Result<Self, OperationError> {
        let aad = Aad::request(&core.vault, keys.case(), &row.id);
        open_json(keys.requests(), &aad, &row.sealed, PLACE)
    }
}

/// What the policy has to know of a request of any kind, from what is sealed of it.
pub(in crate::vault) struct Outline {
    /// The one account it is about, if it is about one.
    pub(in crate::vault) account: Option<AccountName>,
    /// How long it has to go.
    pub(in crate::vault) term: Term,
    /// The leaf of the act that stopped it among others, if one did.
    pub(in crate::vault) stopped_by: Option<u64>,
}

impl Outline {
    pub(in crate::vault) fn of(
        core: &Core,
        case: &CaseRow,
        row: &RequestRow,
    ) -> Result<Self, OperationError> {
        let keys = core.case_keys(&case.id)?;
        let sealed = Sealed::<IgnoredAny, IgnoredAny>::open(core, &keys, row)?;
        Ok(Self {
            account: parsed(sealed.account.as_deref())?,
            term: sealed.term(),
            stopped_by: sealed.stopped.as_ref().and_then(ByWhom::leaf),
        })
    }
}

pub(super) fn parsed(account: Option<&str>) -> Result<Option<AccountName>, OperationError> {
    account
        .map(AccountName::parse)
        .transpose()
        .map_err(|_| damaged())
}

pub(super) fn damaged() -> OperationError {
    OperationError::Damaged {
        place: PLACE.to_owned(),
    }
}
