//! The caller's own sessions.

mod change_password;
mod close;
mod end;
mod list;
mod read;

pub use change_password::ChangePassword;
pub use close::CloseSession;
pub use end::EndSession;
pub use list::{ListSessions, SessionList};
pub use read::ReadSelf;
