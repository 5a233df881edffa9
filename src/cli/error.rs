//! How a command ends when it does not end well.

use std::io::{self, Write};

use crate::evidence::EvidenceError;
use crate::vault::keyring::KeyringError;
use crate::vault::trail::TrailFailure;
use crate::vault::{OperationError, Refusal, StartError, Unaudited};

/// An `error:` line, perhaps a `hint:` line, and the exit status. Neither line
/// ever holds a secret, a cell of a file or a number.
#[derive(Debug)]
pub struct CliError {
    message: String,
    hint: Option<String>,
    exit: Exit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Failed = 1,
    Usage = 2,
    /// A log or a package is not what it was signed for.
    Unverified = 3,
    /// The passphrase does not open the keyring.
    Sealed = 4,
}

impl CliError {
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(super) fn unverified(message: impl Into<String>) -> Self {
        Self::new(Exit::Unverified, message)
    }

    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            exit,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An input or output error, by the step it happened in.
    pub(super) fn io(step: &str) -> impl Fn(io::Error) -> Self {
        move |error| Self::failed(format!("failed to {step}: {}", error.kind()))
    }

    pub fn exit(&self) -> Exit {
        self.exit
    }

    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => writeln!(out, "hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl From<KeyringError> for CliError {
    fn from(error: KeyringError) -> Self {
        let exit = match error {
            KeyringError::WrongPassphrase => Exit::Sealed,
            _ => Exit::Failed,
        };
        let told = Self::new(exit, error.to_string());
        match error {
            KeyringError::Missing => {
                told.hint("is this a vault directory? `breachvault init` makes one")
            }
            KeyringError::Damaged { .. } => told.hint("put a backup of keys/keyring in its place"),
            _ => told,
        }
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Keyring(error) => error.into(),
            StartError::Exists => Self::failed(error.to_string())
                .hint("choose another directory; nothing was changed"),
            StartError::InUse => Self::failed(error.to_string())
                .hint("is it being served? use the API, or stop the server first"),
            StartError::Missing => {
                Self::failed(error.to_string()).hint("`breachvault init` makes a vault")
            }
            StartError::Log(_) => Self::failed(error.to_string())
                .hint("`breachvault audit verify` says where the log is wrong"),
            _ => Self::failed(error.to_string()),
        }
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denial, receipt) => Self::failed(format!(
                "denied: {} (audit leaf {})",
                denial.name(),
                receipt.leaf()
            )),
            Refusal::Failed(error, receipt) => {
                let told = Self::from(error);
                Self {
                    message: format!("{} (audit leaf {})", told.message, receipt.leaf()),
                    ..told
                }
            }
            Refusal::Unaudited(Unaudited::NotDurable) => {
                Self::failed("the audit leaf could not be made durable, so nothing was done")
                    .hint("is the disk full?")
            }
            Refusal::Unaudited(Unaudited::Busy) => Self::failed("the ledger is busy"),
            Refusal::Unaudited(Unaudited::Stopped) => Self::failed("the vault is stopping"),
        }
    }
}

impl From<OperationError> for CliError {
    fn from(error: OperationError) -> Self {
        let name = error.name();
        Self::failed(match error {
            OperationError::NotFound => "what was named is not there".to_owned(),
            OperationError::Conflict(conflict) => format!("in conflict: {}", conflict.name()),
            OperationError::Invalid { at, rule } => format!("{at}: {rule}"),
            OperationError::Unreadable { explanation, .. } => explanation,
            OperationError::Damaged { place } => format!("damaged: {place}"),
            OperationError::Store(error) => error.to_string(),
            OperationError::Cancelled => "stopped before it was done".to_owned(),
            OperationError::Internal(place) => format!("a fault of the program: {name}, {place}"),
        })
    }
}

impl From<EvidenceError> for CliError {
    fn from(error: EvidenceError) -> Self {
        let exit = match error.is_verification_failure() {
            true => Exit::Unverified,
            false => Exit::Failed,
        };
        Self::new(exit, chain(&error))
    }
}

impl From<TrailFailure> for CliError {
    fn from(error: TrailFailure) -> Self {
        let exit = match error.is_verification_failure() {
            true => Exit::Unverified,
            false => Exit::Failed,
        };
        let told = Self::new(exit, chain(&error));
        match error {
            TrailFailure::NoKey(_) => told.hint("name the log's public key with --vkey"),
            TrailFailure::Export(_) => told.hint("the output directory must be new or empty"),
            _ => told,
        }
    }
}

/// The error and its sources, outermost first.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    text
}
