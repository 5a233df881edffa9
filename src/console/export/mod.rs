//! Packages: how one is handed out, stopped while it is built, and how its arrival is recorded. Asking for one and
//! deciding it are in `request`.

mod acknowledge;
mod cancel;

pub use self::acknowledge::AcknowledgePage;
pub use self::cancel::CancelBuildPage;
