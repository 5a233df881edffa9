//! Operators: who they are, how one is invited and gets a password and a second factor, how one is revoked.

mod accepted;
mod invitation;
mod invite;
mod list;
mod recovery;
mod revoke;
mod second_factor;

pub use self::accepted::{AcceptedPage, Picture};
pub use self::invitation::InvitationPage;
pub use self::invite::InvitePage;
pub use self::list::OperatorsPage;
pub use self::recovery::{RecoveryPage, StopRecoveryPage};
pub use self::revoke::RevokePage;
pub use self::second_factor::SecondFactorPage;
