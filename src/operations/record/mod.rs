//! Asking about the records of a case: single numbers, masked records, counts.
//!
//! Sees the numbers somebody asks about as `RawText`, unread. Called by `http`
//! and `console`. Not promised: that a count is small enough to be told to
//! others; ask for a protected table for that.

mod look_up;
mod scope;
mod search;

pub use look_up::{LookUp, LookUpAnswer, LookUpInput};
pub use scope::{Audience, Scope, ScopeInput};
pub use search::{SearchInput, SearchRecords};
