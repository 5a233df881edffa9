//! How the vault stands.

mod read;

pub use read::{HealthState, ReadHealth};
