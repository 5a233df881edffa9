//! Breached logs that never were: made-up messages of March 2024 in the shapes
//! suppliers use, of any size, the same bytes for the same [`Recipe`].
//!
//! For the demo, the benchmarks and the tests. Sees nothing of the vault: no
//! keys, no database, no clock; the seed is all its chance. Numbers come from
//! ranges kept for fiction while they last, then from ranges that the numbering
//! plans leave unassigned (`range`, `country`; docs/synthetic-data.md).
//! Not promised: that anybody's real log has these shares, that an account
//! keeps to a country, or that the bytes stay the same from release to release.

mod account;
mod alias;
mod country;
mod duo;
mod generate;
mod people;
mod random;
mod range;
mod recipe;
mod rhythm;
mod row;
mod supplier;
mod tally;
mod text;
mod twilio;
mod zone;

pub use generate::{FORMATS, sample_numbers, write};
pub use recipe::{Recipe, Summary};
pub use tally::sample_accounts;

#[cfg(test)]
mod tests;
