//! Records: whether a number is exposed, and which messages there are.

mod look_up;
mod search;

pub use self::look_up::{LookUpForm, LookUpPage};
pub use self::search::RecordsPage;
