//! What acts cost, what an operator may ask of a case, what raises an alarm, and whose turn it is to
//! build a package.
//!
//! Sees counts of points. It also sees numbers, but never reads their digits. A price follows from the request alone,
//! and is paid before the act reads.

pub(in crate::vault) mod alarm;
pub(in crate::vault) mod answered;
pub(in crate::vault) mod charge;
pub(in crate::vault) mod limits;
pub(in crate::vault) mod package_turns;
pub(in crate::vault) mod price;
pub(in crate::vault) mod question_alarm;
pub(in crate::vault) mod under_way;
