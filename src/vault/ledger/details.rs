//! The sealed details of leaves, opened and compared with what their leaves commit to.
//!
//! Sees the reasons that people gave. Nothing erases a detail, so one that is missing was removed by somebody else.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::vault::audit::{Commitment, Leaf, SALT_BYTES};
use crate::vault::keyring::Keyring;
use crate::vault::plaintext::Aad;
use crate::vault::store::{Snapshot, StoreError, detail_rows, leaf_rows};

/// What is sealed: the detail and the salt of the commitment to it.
#[derive(Deserialize)]
struct Kept<'k> {
    #[serde(borrow)]
    detail: &'k RawValue,
    salt: [u8; SALT_BYTES],
}

/// Opens the detail that a leaf commits to, with its salt. `None` if it is missing, does not open for this leaf, or is
/// another than the leaf commits to.
pub(in crate::vault) fn open_detail(
    connection: &Snapshot,
    keyring: &Keyring,
    seq: u64,
    committed: &str,
) -> Result<Option<Value>, StoreError> {
    let Some(sealed) = detail_rows::find(connection, seq)? else {
        return Ok(None);
    };
    let details = keyring.root_keys().details();
    let Ok(kept) = details.open(&Aad::detail(keyring.vault(), seq), &sealed) else {
        return Ok(None);
    };
    let Ok(found) = serde_json::from_slice::<Kept<'_>>(&kept) else {
        return Ok(None);
    };
    // It is sealed in the form that is committed to.
    let made = Commitment::to_canonical(&found.salt, seq, found.detail.get().as_bytes());
    if made.to_string() != committed {
        return Ok(None);
    }
    Ok(serde_json::from_slice(&kept).ok())
}

/// The first leaf whose detail is not the one that it commits to. Leaves that do not parse are for the log's own
/// verification.
pub(super) fn first_wrong(
    connection: &Snapshot,
    keyring: &Keyring,
) -> Result<Option<u64>, StoreError> {
    leaf_rows::with_all(connection, |leaves| {
        while let Some(row) = leaves.next()? {
            let Ok(Some(committed)) = Leaf::parse(row.bytes).map(|leaf| leaf.detail) else {
                continue;
            };
            let seq = row.seq;
            if open_detail(connection, keyring, seq, &committed)?.is_none() {
                return Ok(Some(seq));
            }
        }
        Ok(None)
    })?
}
