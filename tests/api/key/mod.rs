//! The keys, and the keyring.

mod read;
mod status;
