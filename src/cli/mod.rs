//! The operations as commands: one file for each, `noun/verb`.
//!
//! Data goes to standard output, messages to standard error. Secrets come from a prompt, a file or
//! a descriptor, never from an argument or the environment. Commands that name a directory go through
//! the vault's door like everybody else; `audit verify`, `audit export` and `evidence` need no vault;
//! the others go to a served vault, by way of `client`. Called by `main`. It cannot make a terminal
//! forget what was shown.

mod answer;
mod arguments;
mod audit;
mod backup;
mod clock;
mod completions;
mod config;
mod demo;
mod doctor;
mod enrol;
mod error;
mod evidence;
mod exhibit;
mod harden;
mod init;
mod key;
mod listen;
mod local;
mod login;
mod manual;
mod node;
mod operator;
mod password;
mod progress;
mod restore;
mod secret;
mod serve;
mod settings;
mod sign_in;
mod store;
mod streams;
mod tls;
mod unlock;
mod unlock_args;

pub use arguments::Arguments;
pub use error::{CliError, Exit};
pub use harden::harden;
pub use serve::heed_hang_ups;
