//! The trusted core.

pub mod audit;
pub mod clock;
pub mod columns;
pub mod entropy;
pub mod identity;
pub mod keyring;
pub mod plaintext;

#[cfg(test)]
mod vectors;
