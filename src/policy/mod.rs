//! Who may do what: a closed list of actions, the facts a decision rests on,
//! and the matrix that decides.
//!
//! Pure: sees ids, roles and states, never data, keys or the database. Called
//! by `vault::perform` only; a [`Grant`] cannot be made anywhere else, so
//! nothing runs that was not decided here.

mod action;
mod decide;
mod denial;
mod facts;
mod matrix;
mod schema;

pub use action::{Action, ActionKind, Class, Reveals, Writes, actions};
pub use decide::{Grant, decide};
pub use denial::Denial;
pub use facts::{
    CallerFacts, CaseFacts, CaseState, Facts, LeafFacts, Membership, RequestFacts, RequestState,
};
pub use matrix::{Seat, allows_seat, allows_state, needs_case};
