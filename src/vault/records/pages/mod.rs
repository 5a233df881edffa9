//! Pages of masked records.
//!
//! Sees codes and times in the clear, and each number for as long as it takes to mask it.

mod cursor;
pub(super) mod order;
pub(super) mod page;
mod sorted;
