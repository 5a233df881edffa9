//! Exact tables: messages and distinct numbers by one or several dimensions.
//!
//! Sees codes and times in the clear, no number. Also defines how a count is shown if it is rounded (`rounding`),
//! because exact and protected tables have the same rows.

pub(super) mod dimension;
mod grouping;
mod local_time;
pub(super) mod rounding;
mod same_states;
pub(super) mod searched;
pub(super) mod table;
mod together;
