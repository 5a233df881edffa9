//! How somebody becomes a caller: sign-in, enrolment, sessions.
//!
//! Sees passwords and tokens on their way in. Everything that changes a row goes
//! through the door.

mod challenge;
mod credentials;
mod enrol;
mod machine;
mod provider;
mod recover;
mod second_factor;
mod session;
mod unauthenticated;

pub use challenge::SignInChallenge;
pub use credentials::SignIn;
pub use provider::{Arrival, ProviderFlow};
pub use recover::Recover;
pub use second_factor::SetSecondFactor;
pub use unauthenticated::Unauthenticated;
