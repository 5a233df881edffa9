//! The whole command line: which command was given.

use clap::{CommandFactory, Parser, Subcommand};

use super::error::CliError;
use super::{
    audit, clock, completions, demo, doctor, evidence, exhibit, init, key, operator, serve,
};

/// A privacy-preserving vault for the data of one breach.
#[derive(Parser)]
#[command(name = "breachvault", version, arg_required_else_help = true)]
#[command(after_help = "Exit status: 0 ok, 1 failed, 2 usage, 3 verification failed, 4 sealed.")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a vault: keyring, database, audit log, first administrator.
    Init(init::Init),
    /// Serve a vault over HTTPS.
    Serve(serve::Serve),
    /// Serve a synthetic incident in a new vault over HTTPS.
    Demo(demo::Demo),
    /// Check a vault directory without changing it.
    Doctor(doctor::Doctor),
    /// Exhibits: admit a log, or make a synthetic one.
    #[command(subcommand)]
    Exhibit(exhibit::Exhibit),
    /// Operators: add, enrol, list, revoke, second factors, leads who were suspended.
    #[command(subcommand)]
    Operator(operator::Operator),
    /// The vault's time, after the machine's clock jumped.
    #[command(subcommand)]
    Clock(clock::Clock),
    /// The keyring: its state, a new passphrase.
    #[command(subcommand)]
    Key(key::Key),
    /// The audit log, offline: verify it, export it.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Evidence packages, offline: verify one, open one.
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Print completions for a shell.
    Completions(completions::Completions),
}

impl Arguments {
    /// Runs the command that was given.
    pub fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Init(init) => init.run(),
            Command::Serve(serve) => serve.run(),
            Command::Demo(demo) => demo.run(),
            Command::Doctor(doctor) => doctor.run(),
            Command::Exhibit(exhibit) => exhibit.run(),
            Command::Operator(operator) => operator.run(),
            Command::Clock(clock) => clock.run(),
            Command::Key(key) => key.run(),
            Command::Audit(audit) => audit.run(),
            Command::Evidence(evidence) => evidence.run(),
            Command::Completions(completions) => completions.run(Self::command()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_option_says_what_it_is() {
        fn walk(command: &clap::Command) {
            for argument in command.get_arguments() {
                let told = argument.get_help().map(ToString::to_string);
                assert!(
                    told.is_some_and(|told| !told.is_empty()),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Arguments::command());
    }

    #[test]
    fn no_option_takes_a_secret_as_its_value() {
        fn walk(command: &clap::Command) {
            for argument in command.get_arguments() {
                let name = argument.get_long().unwrap_or_default();
                let secret = ["passphrase", "password", "totp", "enrolment", "identity"]
                    .iter()
                    .any(|word| name.ends_with(word));
                let value = argument.get_action().takes_values();
                assert!(!secret || !value || name == "identity", "--{name}");
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Arguments::command());
    }
}
