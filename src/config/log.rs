//! `[log]`: what the process logs on standard error.

use serde::Deserialize;

/// The settings of `[log]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// The least important lines to log; it applies to the vault's own lines only.
    pub level: LogLevel,
    /// One JSON object a line instead of text.
    pub json: bool,
}

/// The level of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Errors only.
    Error,
    /// Errors and warnings.
    Warn,
    /// Also one line for each request.
    #[default]
    Info,
    /// Everything.
    Debug,
}

impl LogLevel {
    /// All levels.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warn, Self::Info, Self::Debug];

    /// The word in the configuration file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}
