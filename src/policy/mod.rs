//! Who may do what: the closed list of actions, the facts a decision is based on, and the matrix
//! that decides.
//!
//! Pure: it sees ids, roles and states, never data, keys or the database. Only `vault::door` calls it: to do an act,
//! and to say which links of a page lead somewhere. A [`Grant`] can be made nowhere else, so nothing runs that was not
//! decided here.

mod action;
mod decide;
mod denial;
mod facts;
mod matrix;
mod schema;
mod seats;

pub use action::{Action, ActionKind, Class, Decides, Reveals, Writes, actions};
pub use decide::{Grant, decide, decide_unasserted};
pub use denial::{Denial, Points};
pub use facts::{
    AssertionFacts, CallerFacts, CaseFacts, CaseState, Facts, LeafFacts, Membership, RequestFacts,
    RequestState, TokenFacts,
};
pub use matrix::{allows_seat, allows_state, needs_case, who_may};
pub use seats::Seat;
