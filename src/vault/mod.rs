//! The trusted core.

pub mod audit;
pub mod columns;
pub mod identity;
pub mod keyring;
pub mod plaintext;
mod store;
