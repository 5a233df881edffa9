//! The small rows of a case that are sealed under its key: its description, the accounts of liaisons, requests and
//! releases. They are control rows, so they are sealed again where they are written.

use crate::vault::error::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Aad, KeyId, Nonces, Sealer};
use crate::vault::scope::requests::REQUEST_KINDS;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::request_rows::RequestRow;
use crate::vault::store::{
    Snapshot, StoreError, Transaction, membership_rows, release_rows, request_rows,
};

/// How many rows one act seals again.
const MOST: usize = 256;

/// A table in which a row names another key than this one.
pub(super) fn left(
    connection: &Snapshot,
    case: &CaseRow,
    key: KeyId,
) -> Result<Option<&'static str>, StoreError> {
    let is_old = |sealed: &[u8]| !sealed.is_empty() && KeyId::of_sealed(sealed) != Some(key);
    let described = case_rows::find(connection, &case.id)?;
    if described.is_some_and(|case| is_old(&case.sealed)) {
        return Ok(Some("cases"));
    }
    let members = membership_rows::list(connection, case.number)?;
    let mut accounts = members
        .iter()
        .filter_map(|member| member.account.as_deref());
    if accounts.any(is_old) {
        return Ok(Some("membership"));
    }
    let requests = requests(connection, case)?;
    if requests.iter().any(|request| is_old(&request.sealed)) {
        return Ok(Some("request"));
    }
    let releases = release_rows::TABLE.list(connection, case.number)?;
    let old = releases.iter().any(|(_, sealed)| is_old(sealed));
    Ok(old.then_some("release"))
}

/// The requests of the case, of every kind.
fn requests(connection: &Snapshot, case: &CaseRow) -> Result<Vec<RequestRow>, StoreError> {
    let mut all = Vec::new();
    for kind in REQUEST_KINDS {
        all.extend(request_rows::list(
            connection,
            case.number,
            kind.name,
            None,
        )?);
    }
    Ok(all)
}

/// Seals some rows again that are not under the newest key.
pub(super) fn reseal(
    rows: &Transaction,
    case: &CaseRow,
    keys: &CaseKeys,
    nonces: &mut Nonces<'_>,
) -> Result<(), OperationError> {
    let mut room = MOST;
    let (vault, id) = (keys.vault(), keys.case());
    let mut again = |sealer: &dyn Sealer, place: &Aad, sealed: &[u8]| {
        let old = !sealed.is_empty() && KeyId::of_sealed(sealed) != Some(keys.key_id());
        if !old || room == 0 {
            return Ok(None);
        }
        room -= 1;
        let mut made = sealed.to_vec();
        let resealed = sealer.reseal(nonces.take()?, place, &mut made);
        resealed.map_err(|_| OperationError::Damaged {
            place: "a row of the case".to_owned(),
        })?;
        Ok::<_, OperationError>(Some(made))
    };
    for member in membership_rows::list(rows, case.number)? {
        let place = Aad::membership(vault, id, &member.operator);
        let account = member.account.as_deref().unwrap_or_default();
        if let Some(made) = again(keys.descriptions(), &place, account)? {
            membership_rows::reseal_account(rows, case.number, &member.operator, &made)?;
        }
    }
    for request in requests(rows, case)? {
        let place = Aad::request(vault, id, &request.id);
        if let Some(made) = again(keys.requests(), &place, &request.sealed)? {
            request_rows::reseal(rows, &request.id, &made)?;
        }
    }
    for (no, sealed) in release_rows::TABLE.list(rows, case.number)? {
        let place = Aad::release(vault, id, no.unsigned_abs());
        if let Some(made) = again(keys.requests(), &place, &sealed)? {
            release_rows::TABLE.set(rows, no, &made)?;
        }
    }
    // The last of all; there is room for it only if there was room for all others.
    let stored = case_rows::find(rows, &case.id)?.ok_or(OperationError::NotFound)?;
    let place = Aad::case_description(vault, id);
    if let Some(made) = again(keys.descriptions(), &place, &stored.sealed)? {
        case_rows::describe(rows, case.number, &made)?;
    }
    Ok(())
}
