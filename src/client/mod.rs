//! The client: what a person does with a served vault from a shell, a file for each noun.
//!
//! It knows the HTTP API and nothing of the vault: what it may do and see is decided by the server alone. The commands
//! of `cli` call it. It holds a session token, and numbers on their way from a list or out of a reveal; none of them
//! ever stands in an error, an argument or an address. It cannot wipe what a terminal, a pager or a pipe was given.

pub(crate) mod audit;
mod basis;
pub(crate) mod case;
pub(crate) mod case_arg;
pub(crate) mod clock;
mod connection;
pub(crate) mod erasure;
mod exact_text;
pub(crate) mod exhibit;
pub(crate) mod export;
mod failure;
mod filter;
pub(crate) mod inbox;
mod interrupt;
pub(crate) mod key;
pub(crate) mod lookup;
pub(crate) mod machine;
mod machine_key;
pub(crate) mod member;
mod new_file;
pub(crate) mod node;
mod number_list;
pub(crate) mod operator;
mod output;
mod pass;
mod problem;
mod profile;
pub(crate) mod quarantine;
pub(crate) mod raise;
pub(crate) mod record;
pub(crate) mod request;
pub(crate) mod reveal;
pub(crate) mod scope;
mod server;
pub(crate) mod session;
mod shown;
mod table;
pub(crate) mod token;
mod typed;
mod why;

pub(crate) use failure::{Failure, FailureKind};
pub(crate) use interrupt::Interrupt;
pub(crate) use output::Output;
pub(crate) use profile::{Profile, Profiles};
pub(crate) use server::Client;
pub(crate) use typed::typed;
