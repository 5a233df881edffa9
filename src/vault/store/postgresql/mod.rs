//! PostgreSQL: a server that keeps the tables. Nothing outside this folder names its library.

mod connect;
mod error;
mod incoming;
mod large;
mod link;
mod migrations;
mod part_digests;
mod place;
mod rows;
mod schema;
mod scram_only;
mod session;
mod socket;
mod statement;
#[cfg(test)]
pub(crate) mod tests;
mod trusted;
mod wire;

pub(crate) use connect::Server;
pub(super) use large::LargeReader;
pub use place::PlaceFault;
pub(crate) use place::ServerPlace;
pub(super) use rows::{Cells, Rows};
pub(super) use session::Session;
