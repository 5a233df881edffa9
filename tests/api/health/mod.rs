//! How the vault stands.

mod read;
