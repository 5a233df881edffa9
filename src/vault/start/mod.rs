//! Making a vault and opening one.
//!
//! A vault directory has `keys/` and `data/`. Opening needs an unlocked keyring:
//! there is no way to a `Vault` without one.

mod error;
mod found;
mod open;
mod prepare;
mod started;

pub use error::StartError;
pub use found::Founded;
pub(super) use prepare::{prepare, prepare_at, take};
