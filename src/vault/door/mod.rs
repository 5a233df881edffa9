//! The one door: what can be asked, the facts a decision rests on, and the run.
//!
//! Sees keys, rows and plaintext through scopes alone. Nothing under it names it.

mod facts;
mod operation;
mod perform;
mod vault;

pub use operation::Operation;
pub use perform::{Ended, Reply};
pub use vault::Vault;
