//! Coming in and leaving, and what a person sees first.

mod go_on;
mod home;
mod sign_in;
mod sign_out;
mod sitting;

pub use self::go_on::GoOn;
pub use self::home::Home;
pub use self::sign_in::{MadeUp, SignInPage};
pub use self::sign_out::SignOut;
pub use self::sitting::{SittingForm, SittingPage};
