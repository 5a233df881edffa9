//! breachvault: a privacy-preserving vault for the data of one breach.
//!
//! The layers, from the outside in: `cli` and `http` speak to people and
//! machines; `operations` holds one file for each thing a person can do;
//! `ingest`, `synthesis` and `evidence` are pure formats; `vault` is the
//! trusted core with its one door, [`vault::Vault::perform`]; `policy` decides
//! and does nothing else; `domain` is names and values. ARCHITECTURE.md has
//! the picture, and a test holds the directions.

// Not in Cargo.toml: a test that cannot go on fails, and may say so on the console.
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
pub mod config;
pub mod domain;
pub mod evidence;
pub mod http;
pub mod ingest;
pub mod operations;
pub mod policy;
pub mod synthesis;
pub mod vault;
