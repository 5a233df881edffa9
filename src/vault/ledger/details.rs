//! The sealed details of leaves, opened and compared with what their leaves commit to.
//!
//! Sees the reasons that people gave. The detail of a leaf of a case is sealed under a key of the case and ends with
//! it. Nothing else erases a detail, so one that is missing was removed by somebody else.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::CaseId;
use crate::vault::audit::{Commitment, Leaf, SALT_BYTES};
use crate::vault::keyring::Keyring;
use crate::vault::plaintext::{Aad, KeyId};
use crate::vault::store::{Snapshot, StoreError, detail_rows, leaf_rows};

/// What is sealed: the detail and the salt of the commitment to it.
#[derive(Deserialize)]
struct Kept<'k> {
    #[serde(borrow)]
    detail: &'k RawValue,
    salt: [u8; SALT_BYTES],
}

/// What was found of the detail that a leaf commits to.
pub(in crate::vault) enum FoundDetail {
    /// It is what the leaf commits to; with its salt.
    Opened(Value),
    /// It ended with the case of the leaf, whose key was destroyed.
    Destroyed,
    /// It is missing, does not open for this leaf, or is another than the leaf commits to.
    Wrong,
}

/// Opens the detail that a leaf commits to.
pub(in crate::vault) fn open_detail(
    connection: &Snapshot,
    keyring: &Keyring,
    leaf: &Leaf,
    committed: &str,
) -> Result<FoundDetail, StoreError> {
    let seq = leaf.seq;
    let Some(sealed) = detail_rows::find(connection, seq)? else {
        return Ok(FoundDetail::Wrong);
    };
    let aad = Aad::detail(keyring.vault(), seq);
    let opened = match KeyId::of_sealed(&sealed) {
        Some(key) if key.is_of_vault() => keyring.root_keys().details().open(&aad, &sealed),
        _ => {
            // The leaf is proved, so its case is the one that the detail was sealed for.
            let case = leaf.case.as_deref().and_then(|case| case.parse().ok());
            let Some(case): Option<CaseId> = case else {
                return Ok(FoundDetail::Wrong);
            };
            match keyring.case_keys(&case) {
                Ok(keys) => keys.details().open(&aad, &sealed),
                Err(_) => return Ok(FoundDetail::Destroyed),
            }
        }
    };
    let Ok(kept) = opened else {
        return Ok(FoundDetail::Wrong);
    };
    let Ok(found) = serde_json::from_slice::<Kept<'_>>(&kept) else {
        return Ok(FoundDetail::Wrong);
    };
    // It is sealed in the form that is committed to.
    let made = Commitment::to_canonical(&found.salt, seq, found.detail.get().as_bytes());
    if made.to_string() != committed {
        return Ok(FoundDetail::Wrong);
    }
    Ok(match serde_json::from_slice(&kept) {
        Ok(detail) => FoundDetail::Opened(detail),
        Err(_) => FoundDetail::Wrong,
    })
}

/// The first leaf whose detail is not the one that it commits to. Leaves that do not parse are for the log's own
/// verification.
pub(super) fn first_wrong(
    connection: &Snapshot,
    keyring: &Keyring,
) -> Result<Option<u64>, StoreError> {
    leaf_rows::with_all(connection, |leaves| {
        while let Some(row) = leaves.next()? {
            let Ok(leaf) = Leaf::parse(row.bytes) else {
                continue;
            };
            let Some(committed) = &leaf.detail else {
                continue;
            };
            let found = open_detail(connection, keyring, &leaf, committed)?;
            if leaf.seq != row.seq || matches!(found, FoundDetail::Wrong) {
                return Ok(Some(row.seq));
            }
        }
        Ok(None)
    })?
}
