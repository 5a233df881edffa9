//! The keys: one sealed file, opened by one of its slots, from which all other keys are derived.
//!
//! It sees every key of the vault, and no phone number. Called by the command line (create, unlock,
//! rotate) and by the vault, which is the only one to get derived keys. A key is on a locked page
//! where the system allows it, and is wiped on drop; `ring`'s own key schedules are not wiped. If
//! an older keyring file is put back, nothing here notices it; the audit log has the generation.

mod age_slot;
mod base32;
mod base64;
mod body;
mod case_keys;
mod case_ring;
mod derive;
mod error;
mod file;
mod fingerprint;
mod gf256;
mod locked;
mod mac_key;
mod new_slot;
mod package_signer;
mod passphrase;
mod request_digest;
mod root_keys;
mod secret;
mod shamir;
mod share;
mod share_set;
mod slot;
mod slot_key;
mod status;
mod store;
#[cfg(test)]
mod tests;
mod unlocked;
mod unseal_key;
mod vault_ring;

pub use super::argon2id::{Argon2Params, Argon2ParamsError};
pub use super::program::{Program, ProgramFault, Programs};
pub use age_slot::MOST_RECIPIENTS;
pub use case_keys::{CaseKeys, DigestKey, FileDigest};
pub use error::KeyringError;
pub use fingerprint::{Fingerprint, FingerprintError};
pub use locked::LockedKeyring;
pub(in crate::vault) use mac_key::MacKey;
pub use new_slot::{Handed, PreparedSlot, SlotWanted};
pub use package_signer::PackageSigner;
pub use passphrase::{NewPassphrase, Passphrase, PassphraseError};
pub use request_digest::RequestDigest;
pub(in crate::vault) use root_keys::ControlKeys;
pub use root_keys::RootKeys;
pub use secret::Secret;
pub use share::{
    FEWEST_SHARES, MOST_SHARES, SHARE_PREFIX, Share, ShareFault, are_numbers_of_a_set,
};
pub use share_set::{Gathered, Gathering};
pub use slot::is_age_recipient;
pub use status::{KeyringStatus, SlotStatus};
pub(in crate::vault) use store::replace_file;
pub(in crate::vault) use unlocked::{Kept, NamedKeyring};
pub use unlocked::{Keyring, Opened};
