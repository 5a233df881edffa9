//! The status of a keyring, readable without opening it.

use crate::domain::{Moment, VaultId};
use serde::Serialize;

use super::fingerprint::Fingerprint;
use crate::vault::argon2id::Argon2Params;

/// The status of a keyring. It names no case and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyringStatus {
    /// The vault's id.
    pub vault: VaultId,
    /// Grows by one with every write.
    pub generation: u64,
    /// The generation at which the root came in.
    pub root_since: u64,
    /// When that was.
    pub root_made: Moment,
    /// The slots, in order.
    pub slots: Vec<SlotStatus>,
    /// How many cases have a key; `None` while locked.
    pub cases: Option<usize>,
    /// The number of the slot that it was opened with; `None` while locked, and once that slot is gone.
    pub opened_with: Option<u32>,
}

/// A slot, as the status shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotStatus {
    /// Its number, which it keeps.
    pub no: u32,
    /// The kind of slot: `passphrase`, `shares`, `age` or `command`.
    pub kind: &'static str,
    /// What people call it.
    pub label: String,
    /// The generation at which it was written.
    pub since: u64,
    /// When that was.
    pub made: Moment,
    /// Says which slot it is; of a set of shares it is on each share.
    pub fingerprint: Fingerprint,
    /// The parameters of Argon2id, of a passphrase.
    pub argon2id: Option<Argon2Params>,
    /// How many shares are needed, and of how many.
    pub shares: Option<(u8, u8)>,
    /// The age recipients who can open it.
    pub recipients: Vec<String>,
}
