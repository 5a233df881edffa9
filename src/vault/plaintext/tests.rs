//! What tests read from outside: published vectors, and another reader of numbers.

mod oracle;
pub(in crate::vault) mod vectors;
