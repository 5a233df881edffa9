//! What a request holds, sealed: what all of them have, and the part of its kind.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::domain::{AccountName, Purpose, RequestId};
use crate::vault::OperationError;
use crate::vault::clock::Term;
use crate::vault::core::Core;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Aad, open_json};
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
    /// Keyed digest of what was found for it when it was asked. If that is another when it is
    /// decided or opened, it is refused.
    pub(super) found: [u8; 32],
    pub(super) body: B,
    pub(super) after: F,
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

/// How long a request has to go.
pub(in crate::vault) fn term_of(row: &RequestRow) -> Term {
    Term {
        ends: row.expires_at,
        runs_out: row.runs_out,
    }
}

/// The one account a request of any kind is about, for the policy.
pub(in crate::vault) fn account_of(
    core: &Core,
    case: &CaseRow,
    row: &RequestRow,
) -> Result<Option<AccountName>, OperationError> {
    let keys = core.case_keys(&case.id)?;
    let sealed = Sealed::<IgnoredAny, IgnoredAny>::open(core, &keys, row)?;
    parsed(sealed.account.as_deref())
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
