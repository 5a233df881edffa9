//! Protected tables: rounded, and given out only if they disclose nothing together with the tables given out before.
//!
//! Sees exact counts and the sealed ledger of releases. Not promised: protection against somebody who knows counts from
//! other sources.

pub(super) mod place;
pub(super) mod protected_table;
pub(super) mod release;
pub(super) mod report;
mod together;
mod witness;
