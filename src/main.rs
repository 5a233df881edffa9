//! The program: hardens its own process, reads the command line, runs the command.

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

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use breachvault::cli::{Arguments, Exit, harden, heed_hang_ups};
use clap::Parser;

fn main() -> ExitCode {
    // Whoever sends SIGHUP to a server does not know how far it is, so nothing else comes before this.
    let serves = env::args_os().nth(1).is_some_and(|word| word == "serve");
    let heeded = !serves || heed_hang_ups().is_ok();
    let mut words = io::stderr();
    if !heeded {
        let _ = writeln!(
            words,
            "warning: a hang-up would end this process while it starts"
        );
    }
    if harden().is_err() {
        let _ = writeln!(words, "warning: core dumps could not be turned off");
    }
    // This comes before anything can ask for a provider, so none is installed yet.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        let _ = writeln!(words, "error: another TLS provider was installed before");
        return ExitCode::from(Exit::Failed as u8);
    }
    if let Some(error) = Arguments::with_secret(env::args_os().skip(1)) {
        let _ = error.write_to(&mut words);
        return ExitCode::from(error.exit() as u8);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => {
            if let Some(error) = Arguments::kept_back(&told) {
                let _ = error.write_to(&mut words);
                return ExitCode::from(error.exit() as u8);
            }
            // Help and version are answers; everything else is a usage error.
            let _ = told.print();
            return match told.use_stderr() {
                true => ExitCode::from(Exit::Usage as u8),
                false => ExitCode::SUCCESS,
            };
        }
    };
    match arguments.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            let _ = error.write_to(&mut words);
            ExitCode::from(error.exit() as u8)
        }
    }
}
