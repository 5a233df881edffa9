//! The trusted core.

pub mod audit;
mod caller;
pub mod clock;
pub mod columns;
pub mod entropy;
pub mod identity;
pub mod keyring;
pub mod plaintext;
mod store;
