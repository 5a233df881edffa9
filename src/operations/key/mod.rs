//! The keyring's lifecycle, for administrators. No operation here sees a key.

mod rotate;
mod status;

pub use rotate::{KeyRotated, RotateKek};
pub use status::{KeyState, KeyStatus};
