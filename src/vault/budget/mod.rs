//! What an operator may ask of a case, and who asks about number after number.
//!
//! Sees counts of points, and numbers it never reads the digits of.

pub(in crate::vault) mod points;
pub(in crate::vault) mod run_alarm;
