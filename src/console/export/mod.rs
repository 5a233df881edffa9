//! Packages: how one is handed out and how its arrival is recorded. Asking for one and deciding it are in `request`.

mod acknowledge;

pub use self::acknowledge::AcknowledgePage;
