//! A new passphrase for the keyring, and with it a new KEK.
//!
//! There is no request for it: a passphrase never crosses the network. The
//! command line asks for it where the vault lies.

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
    /// The keyring's generation from now on.
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
