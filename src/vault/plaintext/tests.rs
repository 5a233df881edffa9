//! What tests read from outside: published vectors, and another reader of numbers.

#[path = "../../../tests/checks/directory.rs"]
pub(in crate::vault) mod directory;
mod oracle;
pub(in crate::vault) mod vectors;
