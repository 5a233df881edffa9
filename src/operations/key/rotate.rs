//! A new passphrase for the keyring, and with it a new key-encryption key (KEK).
//!
//! It has no route in the API, because a passphrase never crosses the network. The command line
//! asks for it on the machine of the vault.

use serde::Serialize;
use utoipa::ToSchema;

use crate::policy::actions;
use crate::vault::keyring::NewPassphrase;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target};

/// Changes the passphrase of the keyring, for administrators.
pub struct RotateKek {
    /// The new passphrase, checked for its length.
    pub passphrase: NewPassphrase,
}

/// The answer to a change of the passphrase.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyRotated {
    /// The new generation of the keyring; it grows by one with every write.
    pub generation: u64,
}

impl Operation for RotateKek {
    type Action = actions::RotateKek;
    type Answer = KeyRotated;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<KeyRotated, OperationError> {
        let generation = scope.rotate_kek(&self.passphrase)?;
        Ok(KeyRotated { generation })
    }
}
