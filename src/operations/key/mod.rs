//! The keyring, for administrators: its status and a new passphrase. No operation here sees a key.

mod rotate;
mod status;

pub use rotate::{KeyRotated, RotateKek};
pub use status::{KeyState, KeyStatus};
