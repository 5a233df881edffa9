//! The operations as commands: one file for each, `noun/verb`.
//!
//! Data goes to standard output, words to standard error; secrets come from a
//! prompt, a file or a descriptor, never from an argument or the environment.
//! Sees what the person at the machine may see, through the vault's door like
//! everybody else; `audit verify`, `audit export` and `evidence` need no vault.
//! Called by `main`. Not promised: that a terminal forgets what it was shown.

mod answer;
mod arguments;
mod audit;
mod completions;
mod demo;
mod doctor;
mod error;
mod evidence;
mod exhibit;
mod harden;
mod init;
mod key;
mod local;
mod operator;
mod progress;
mod secret;
mod serve;
mod settings;
mod sign_in;
mod streams;
mod tls;
mod unlock;

pub use arguments::Arguments;
pub use error::{CliError, Exit};
pub use harden::harden;
