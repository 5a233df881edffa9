//! The caller's own session.

mod close;
mod read;

pub use close::CloseSession;
pub use read::ReadSelf;
