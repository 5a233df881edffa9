//! The keys: one sealed file, opened by a passphrase, from which all others come.
//!
//! What it may see: every key of the vault, no number. Called by the command
//! line (create, unlock, rotate) and by the vault, which alone gets at derived
//! keys. A key lies on a locked page where the system allows it and is wiped
//! when it goes; `ring`'s own key schedules are not wiped.
//! Not promised: that an older keyring file put back in place is noticed here.
//! The audit log has the generation.

mod base64;
#[cfg(test)]
mod bench;
mod case_keys;
mod case_ring;
mod derive;
mod error;
mod file;
mod locked;
mod passphrase;
mod root_keys;
mod secret;
mod slot;
mod status;
mod store;
mod unlocked;

pub use super::argon2id::{Argon2Params, Argon2ParamsError};
pub use case_keys::{CaseKeys, DigestKey, FileDigest};
pub use error::KeyringError;
pub use locked::LockedKeyring;
pub use passphrase::{NewPassphrase, Passphrase, PassphraseError};
pub use root_keys::RootKeys;
pub use secret::Secret;
pub use status::{KeyringStatus, SlotStatus};
pub use unlocked::Keyring;
