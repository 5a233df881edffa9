//! The one door: operations, the facts that a decision is based on, and how an operation is run.
//!
//! It reaches keys, rows and plaintext through scopes only. No folder below it names it.

mod asserted;
mod challenge;
mod deed;
mod facts;
mod operation;
mod perform;
mod rights;
mod spoilt;
mod toll;
mod vault;

pub use challenge::{AskChallenge, ChallengeView};
pub use operation::Operation;
pub use perform::{Ended, Reply};
pub use rights::Rights;
pub use vault::Vault;
