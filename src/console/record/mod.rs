//! Records: whether a number is exposed, and which messages there are.

mod look_up;

pub use self::look_up::{LookUpForm, LookUpPage};
