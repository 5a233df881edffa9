//! `key add`: asks for a new slot for a passphrase, age recipients or a program.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::change::Asking;
use crate::cli::error::CliError;

/// Ask for a new slot of the keyring: a passphrase, age recipients, or the program of the configuration.
///
/// Another administrator decides (`key decide`); then whoever asked makes it (`key carry-out`). A passphrase is made,
/// and shown once.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key add age --label 'hardware keys' \\
    --recipient age1yubikey1q… --reason 'two keys are in the safe'")]
pub(in crate::cli) struct Add {
    /// The kind of slot
    #[arg(value_name = "KIND")]
    kind: Kind,
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    label: String,
    /// For age: who can open it; once for each
    #[arg(long = "recipient", value_name = "age1…")]
    recipients: Vec<String>,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Passphrase,
    Age,
    Command,
}

impl Add {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let kind = match self.kind {
            Kind::Passphrase => "passphrase",
            Kind::Age => "age",
            Kind::Command => "command",
        };
        let recipients = match self.kind {
            Kind::Age => Some(self.recipients),
            _ if self.recipients.is_empty() => None,
            _ => return Err(CliError::usage("--recipient is for the kind age")),
        };
        let mut change = json!({ "change": "add", "kind": kind, "label": self.label });
        if let (Some(recipients), Some(members)) = (recipients, change.as_object_mut()) {
            members.insert("recipients".to_owned(), recipients.into());
        }
        self.asking.ask(change)
    }
}
