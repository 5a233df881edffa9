//! The vault's keys: the public ones for everybody; the keyring's status and a new passphrase for administrators. No
//! operation here sees a secret key.

mod read;
mod rotate;
mod status;

pub use read::{PublicKeys, ReadKeys};
pub use rotate::{KeyRotated, RotateKek};
pub use status::{KeyState, KeyStatus};
