//! The caller's own passkeys.

mod begin;
mod enrol;
mod list;
mod remove;

pub use begin::BeginPasskey;
pub use enrol::{EnrolPasskey, EnrolPasskeyInput};
pub use list::{ListPasskeys, PasskeyList};
pub use remove::{PasskeyRemoved, RemovePasskey};
