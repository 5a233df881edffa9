//! SQLite: one file. Nothing outside this folder names its library.

mod connection;
mod copy;
mod error;
mod large;
mod migrations;
mod rows;
mod schema;
mod session;
#[cfg(test)]
mod tests;

pub(crate) use copy::copy_database;
pub(super) use large::LargeReader;
pub(super) use rows::{Cells, Rows};
pub(super) use session::Session;
#[cfg(test)]
pub(super) use tests::allow_triggers;

/// The library's own connection, for tests that look at rows or damage them.
#[cfg(test)]
pub(in crate::vault) type Raw = rusqlite::Connection;
