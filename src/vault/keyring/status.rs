//! The status of a keyring, readable without opening it.

use crate::domain::VaultId;
use serde::Serialize;

use crate::vault::argon2id::Argon2Params;

/// The status of a keyring. It names no case and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyringStatus {
    /// The vault's id.
    pub vault: VaultId,
    /// Grows by one with every write.
    pub generation: u64,
    /// The slots, in order.
    pub slots: Vec<SlotStatus>,
    /// How many cases have a key; `None` while locked.
    pub cases: Option<usize>,
}

/// A slot, as the status shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotStatus {
    /// The kind of slot: `passphrase`.
    pub kind: &'static str,
    /// The parameters of Argon2id.
    pub argon2id: Argon2Params,
    /// The generation at which it was written.
    pub since: u64,
}
