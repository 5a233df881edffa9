//! Synthetic logs: messages of March 2024 in the formats suppliers use, of any size. The same
//! [`Recipe`] gives the same bytes.
//!
//! For the demo, the benchmarks and the tests. It sees nothing of the vault: no keys, no database,
//! no clock; its only randomness is the seed. Numbers come first from ranges reserved for fiction,
//! then from ranges that the numbering plans leave unassigned (`range`, `country`;
//! docs/synthetic-data.md). The shares are not those of any real log, an account is not limited to
//! a country, and the bytes may change from release to release.

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
