//! What the vault keeps, sealed, of an operator: name, password hash, second factor.
//!
//! Sees the key of operators' secrets. Opened at sign-in and where names are shown.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::domain::OperatorId;
use crate::vault::error::OperationError;
use crate::vault::keyring::Keyring;
use crate::vault::plaintext::{Aad, Nonce, open_json, seal_json};
use crate::vault::store::operator_rows::OperatorRow;

/// What is kept, sealed, of an operator.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct OperatorSecrets {
    pub(in crate::vault) name: String,
    pub(in crate::vault) password: Option<String>,
    /// Base64 of the 20 bytes.
    pub(in crate::vault) totp: Option<String>,
}

impl OperatorSecrets {
    pub(in crate::vault) fn open(
        keyring: &Keyring,
        row: &OperatorRow,
    ) -> Result<Self, OperationError> {
        let aad = Aad::operator_secret(keyring.vault(), &row.id);
        let sealer = keyring.root_keys().operator_secrets();
        open_json(sealer, &aad, &row.sealed, "operator")
    }

    pub(in crate::vault) fn seal(
        &self,
        keyring: &Keyring,
        nonce: Nonce,
        id: &OperatorId,
    ) -> Result<Vec<u8>, OperationError> {
        let aad = Aad::operator_secret(keyring.vault(), id);
        seal_json(keyring.root_keys().operator_secrets(), nonce, &aad, self)
    }
}
