//! How an invited person gets a password and a second factor.

mod accepted;
mod invitation;
mod second_factor;

pub use self::accepted::{AcceptedPage, Picture};
pub use self::invitation::InvitationPage;
pub use self::second_factor::SecondFactorPage;
