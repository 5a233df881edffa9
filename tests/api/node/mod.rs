//! The nodes of the vault.

mod list;
