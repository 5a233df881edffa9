//! What a person can do: one file for each thing, sorted by what it is about.
//!
//! An operation sees a scope while it runs, and ids, values and sealed answers
//! otherwise; never a connection, a key or, but for two files, a digit. Called
//! by `http` and `cli` through [`crate::vault::Vault::perform`]. Not promised:
//! any check of rights here. The policy decides before an operation runs.

pub mod audit;
pub mod case;
mod docs;
mod done;
pub mod exhibit;
pub mod export;
pub mod key;
pub mod operator;
pub mod raise;
pub mod record;
mod request;
pub mod reveal;
pub mod session;
pub mod two_person;
pub mod withdrawal;

pub use docs::Docs;
pub use done::Done;
pub use request::{Empty, Ids, Request, only_reason, why};
pub use two_person::{DecidedBody, DecidedState, DecisionInput, DecisionWord};
