//! breachvault: a privacy-preserving vault for the data of one breach.
//!
//! The layers, from the outside in: `cli` and `http` serve people and machines, and `console` makes pages of what
//! operations show; `client` speaks to a served vault and knows its HTTP API only, by connections of `outgoing`;
//! `operations` has one file for each thing a person can do; `ingest`, `synthesis` and `evidence` are pure formats;
//! `vault` is the trusted core with its single entry point, [`vault::Vault::perform`]; `policy` decides and does
//! nothing else; `domain` has ids and values.
//! ARCHITECTURE.md describes them, and a test checks who imports whom.

// Not in Cargo.toml, because tests may panic and print.
#![deny(
    clippy::dbg_macro,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::todo,
    clippy::unwrap_used
)]

pub mod cli;
mod client;
pub mod config;
pub mod console;
pub mod domain;
pub mod evidence;
pub mod http;
pub mod ingest;
pub mod operations;
mod outgoing;
pub mod policy;
pub mod synthesis;
pub mod vault;
