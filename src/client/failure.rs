//! Why a command of the client failed: what is wrong, and what to do about it.

use std::io::{self, ErrorKind};
use std::path::Path;

use serde_json::Value;

use crate::domain::io_words;

/// A line that says what is wrong and where, and perhaps one that says what to do. Neither ever holds a number or a
/// secret.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) way_out: Option<String>,
    pub(crate) kind: FailureKind,
    /// The kind of problem that the server named, if it named one.
    pub(crate) problem: Option<String>,
    /// What the server read of a file that it did not admit.
    pub(crate) report: Option<Box<Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// It was not done.
    Failed,
    /// The vault is sealed.
    Sealed,
    /// The command line or an input is wrong.
    Usage,
    /// Whoever read the output has gone, which is no error.
    ClosedPipe,
}

impl Failure {
    pub(crate) fn failed(what: impl Into<String>) -> Self {
        Self::new(FailureKind::Failed, what)
    }

    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, what)
    }

    pub(crate) fn sealed(what: impl Into<String>) -> Self {
        Self::new(FailureKind::Sealed, what)
    }

    fn new(kind: FailureKind, what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            way_out: None,
            kind,
            problem: None,
            report: None,
        }
    }

    pub(crate) fn way_out(mut self, way_out: impl Into<String>) -> Self {
        self.way_out = Some(way_out.into());
        self
    }

    /// The output could not be written.
    pub(crate) fn output(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::new(FailureKind::ClosedPipe, "the output was closed"),
            kind => Self::failed(format!(
                "failed to write to standard output: {}",
                io_words(kind)
            )),
        }
    }

    /// A step with a file failed: `step` is `read the list`, and the path is added.
    pub(crate) fn file(step: &str, path: &Path) -> impl Fn(io::Error) -> Self {
        let step = format!("failed to {step} {}", path.display());
        move |error| Self::failed(format!("{step}: {}", io_words(error.kind())))
    }

    /// What the server answered is not what the API says.
    pub(crate) fn strange_answer() -> Self {
        Self::failed("the server's answer is not one of a breachvault of this version")
            .way_out("check the address with `breachvault whoami`, and the versions of both sides")
    }
}
