//! Which numbers an exhibit exposed, how two exhibits differ, and the lookup of single numbers.
//!
//! Reads subject indexes; opens no column. Sees term numbers, and in a lookup the number that was asked for.

pub(super) mod difference;
mod exhibit_index;
pub(super) mod lookup;
mod range_set;
pub(super) mod share;
