//! What an operator may ask of a case, who asks about number after number, and whose turn it is
//! to build a package.
//!
//! Sees counts of points, and numbers it never reads the digits of.

pub(in crate::vault) mod package_turns;
pub(in crate::vault) mod points;
pub(in crate::vault) mod run_alarm;
