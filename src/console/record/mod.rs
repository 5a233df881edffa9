//! Records: whether a number is exposed, and which messages there are.

mod filter;
mod look_up;
mod scope;
mod search;

pub use self::look_up::{LookUpForm, LookUpPage};
pub use self::scope::ScopePage;
pub use self::search::RecordsPage;
