//! The keyring.

mod status;
