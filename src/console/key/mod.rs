//! The vault's public keys.

mod read;

pub use self::read::KeysPage;
