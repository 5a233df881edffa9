//! What may be told of a keyring without opening it.

use crate::domain::VaultId;
use serde::Serialize;

use crate::vault::argon2id::Argon2Params;

/// A keyring seen from outside. It names no case and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyringStatus {
    pub vault: VaultId,
    /// Grows with every write.
    pub generation: u64,
    pub slots: Vec<SlotStatus>,
    /// How many cases have a key; unknown while locked.
    pub cases: Option<usize>,
}

/// One way to unlock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotStatus {
    pub kind: &'static str,
    pub argon2id: Argon2Params,
    /// The generation at which it was written.
    pub since: u64,
}
