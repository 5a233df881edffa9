//! What a request for a reveal, an export or a withdrawal holds, sealed, and how its digest
//! binds it to what was found for it.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::core::{Core, open_json, open_request};
use super::keyring::{CaseKeys, FileDigest};
use super::operation::OperationError;
use super::plaintext::Aad;
use super::store::case_rows::CaseRow;
use super::store::export_rows::ExportRow;
use super::store::request_rows::RequestRow;
use crate::domain::{AccountName, CaseId, ExportId, OperatorId, RevealId, VaultId, WithdrawalId};

/// The sealed body of a reveal request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct RevealBody {
    /// Term numbers of the subjects, in the order asked.
    pub(in crate::vault) subjects: Vec<u32>,
    pub(in crate::vault) purpose: String,
    pub(in crate::vault) reason: String,
    pub(in crate::vault) ticket: Option<String>,
    pub(in crate::vault) decision_reason: Option<String>,
}

/// The sealed body of an export request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct ExportBody {
    /// The filter by its members, as asked.
    pub(in crate::vault) filter: serde_json::Value,
    pub(in crate::vault) recipients: Vec<String>,
    pub(in crate::vault) purpose: String,
    pub(in crate::vault) reason: String,
    pub(in crate::vault) legal_basis: String,
    /// The one account the export is about, if it is about one.
    pub(in crate::vault) account: Option<String>,
    /// What the asker was told would be in it.
    pub(in crate::vault) messages: u64,
    pub(in crate::vault) numbers: u64,
    pub(in crate::vault) decision_reason: Option<String>,
    pub(in crate::vault) receipt: Option<BTreeMap<String, String>>,
}

/// The sealed body of a request to withdraw an exhibit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct WithdrawalBody {
    pub(in crate::vault) exhibit: String,
    pub(in crate::vault) reason: String,
    /// What would go.
    pub(in crate::vault) messages: u64,
    pub(in crate::vault) numbers: u64,
    /// Those of them that no other exhibit has that counts.
    pub(in crate::vault) numbers_only_here: u64,
    pub(in crate::vault) decision_reason: Option<String>,
}

/// The body of one kind of request, and the place it is sealed for.
pub(in crate::vault) trait RequestBody: Serialize + DeserializeOwned {
    type Id;
    /// What a fault calls it.
    const PLACE: &'static str;

    fn aad(vault: &VaultId, case: &CaseId, id: &Self::Id) -> Aad;
}

impl RequestBody for RevealBody {
    type Id = RevealId;
    const PLACE: &'static str = "reveal request";

    fn aad(vault: &VaultId, case: &CaseId, id: &RevealId) -> Aad {
        Aad::reveal_request(vault, case, id)
    }
}

impl RequestBody for ExportBody {
    type Id = ExportId;
    const PLACE: &'static str = "export request";

    fn aad(vault: &VaultId, case: &CaseId, id: &ExportId) -> Aad {
        Aad::export_request(vault, case, id)
    }
}

impl RequestBody for WithdrawalBody {
    type Id = WithdrawalId;
    const PLACE: &'static str = "withdrawal request";

    fn aad(vault: &VaultId, case: &CaseId, id: &WithdrawalId) -> Aad {
        Aad::withdrawal_request(vault, case, id)
    }
}

pub(in crate::vault) fn open<B: RequestBody>(
    core: &Core,
    keys: &CaseKeys,
    row: &RequestRow<B::Id>,
) -> Result<B, OperationError> {
    let aad = B::aad(&core.vault, keys.case(), &row.id);
    open_request(keys.requests(), &aad, &row.sealed, B::PLACE)
}

pub(in crate::vault) fn seal<B: RequestBody>(
    core: &Core,
    keys: &CaseKeys,
    id: &B::Id,
    body: &B,
) -> Result<Vec<u8>, OperationError> {
    let aad = B::aad(&core.vault, keys.case(), id);
    core.seal_request(keys.requests(), &aad, body)
}

/// The one account an export is about, for the policy.
pub(in crate::vault) fn export_account(
    core: &Core,
    case: &CaseRow,
    row: &ExportRow,
) -> Result<Option<AccountName>, OperationError> {
    let body: ExportBody = open(core, &*core.case_keys(&case.id)?, &row.request)?;
    Ok(body
        .account
        .as_deref()
        .and_then(|name| AccountName::parse(name).ok()))
}

/// The account a liaison is bound to is sealed under the case key.
pub(in crate::vault) fn seal_account(
    core: &Core,
    case: &CaseRow,
    operator: &OperatorId,
    account: &AccountName,
) -> Result<Vec<u8>, OperationError> {
    let keys = core.case_keys(&case.id)?;
    let aad = Aad::membership(&core.vault, &case.id, operator);
    core.seal_json(keys.descriptions(), &aad, &account.as_str())
}

pub(in crate::vault) fn open_account(
    core: &Core,
    case: &CaseRow,
    operator: &OperatorId,
    sealed: &[u8],
) -> Result<AccountName, OperationError> {
    let keys = core.case_keys(&case.id)?;
    let aad = Aad::membership(&core.vault, &case.id, operator);
    let name: String = open_json(keys.descriptions(), &aad, sealed, "membership")?;
    AccountName::parse(&name).map_err(|_| OperationError::Damaged {
        place: "membership".to_owned(),
    })
}

/// HMAC-SHA-256 over length-prefixed parts, under the case's digest key: binds a
/// request to its result set. Keyed, so that a reader of the database cannot try
/// out what it covers.
pub(in crate::vault) struct RequestDigest(FileDigest);

impl RequestDigest {
    pub(in crate::vault) fn of(keys: &CaseKeys, label: &str) -> Self {
        let mut digest = Self(keys.digests().begin());
        digest.part(label.as_bytes());
        digest
    }

    pub(in crate::vault) fn part(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    pub(in crate::vault) fn finish(self) -> [u8; 32] {
        self.0.finish()
    }
}
