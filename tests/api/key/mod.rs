//! The keys, and the keyring.

mod read;
mod slots;
mod status;
