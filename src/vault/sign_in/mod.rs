//! How somebody becomes a caller: sign-in, enrolment, sessions.
//!
//! Sees passwords and tokens on their way in. Everything that changes a row goes
//! through the door.

mod credentials;
mod enrol;
mod session;
mod unauthenticated;

pub use credentials::SignIn;
pub use unauthenticated::Unauthenticated;
