//! What a request for a reveal or an export holds, sealed, and how its digest
//! binds it to what was found for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::core::{Core, open_json, open_request};
use super::keyring::{CaseKeys, FileDigest};
use super::operation::OperationError;
use super::plaintext::Aad;
use super::store::case_rows::CaseRow;
use super::store::export_rows::ExportRow;
use super::store::request_rows::RequestRow;
use crate::domain::{AccountName, ExportId, OperatorId, RevealId};

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

pub(in crate::vault) fn open_reveal(
    core: &Core,
    keys: &CaseKeys,
    row: &RequestRow<RevealId>,
) -> Result<RevealBody, OperationError> {
    let aad = Aad::reveal_request(&core.vault, keys.case(), &row.id);
    open_request(keys.requests(), &aad, &row.sealed, "reveal request")
}

pub(in crate::vault) fn seal_reveal(
    core: &Core,
    keys: &CaseKeys,
    id: &RevealId,
    body: &RevealBody,
) -> Result<Vec<u8>, OperationError> {
    core.seal_request(
        keys.requests(),
        &Aad::reveal_request(&core.vault, keys.case(), id),
        body,
    )
}

pub(in crate::vault) fn open_export(
    core: &Core,
    keys: &CaseKeys,
    row: &ExportRow,
) -> Result<ExportBody, OperationError> {
    let aad = Aad::export_request(&core.vault, keys.case(), &row.request.id);
    open_request(keys.requests(), &aad, &row.request.sealed, "export request")
}

pub(in crate::vault) fn seal_export(
    core: &Core,
    keys: &CaseKeys,
    id: &ExportId,
    body: &ExportBody,
) -> Result<Vec<u8>, OperationError> {
    core.seal_request(
        keys.requests(),
        &Aad::export_request(&core.vault, keys.case(), id),
        body,
    )
}

/// The one account an export is about, for the policy.
pub(in crate::vault) fn export_account(
    core: &Core,
    case: &CaseRow,
    row: &ExportRow,
) -> Result<Option<AccountName>, OperationError> {
    let body = open_export(core, &*core.case_keys(&case.id)?, row)?;
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
