//! How the vault stands.

mod read;

pub use self::read::HealthPage;
