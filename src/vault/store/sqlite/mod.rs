//! SQLite: one file. Nothing outside this folder names its library.

mod connection;
mod copy;
mod error;
mod large;
mod migrations;
#[cfg(test)]
mod plan;
mod rows;
mod schema;
mod session;

pub(crate) use copy::copy_database;
pub(super) use large::LargeReader;
#[cfg(test)]
pub(super) use plan::allow_triggers;
pub(super) use rows::{Cells, Rows};
pub(super) use session::Session;

/// The library's own connection, for tests that look at rows or damage them.
#[cfg(test)]
pub(in crate::vault) type Raw = rusqlite::Connection;
