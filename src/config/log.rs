//! `[log]`: what the process logs on standard error.

use serde::{Deserialize, Serialize};

use crate::domain::words;

/// The settings of `[log]`.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// The least important lines to log; it applies to the vault's own lines only.
    pub level: LogLevel,
    /// One JSON object a line instead of text.
    pub json: bool,
}

words! {
    /// The level of a log line.
    #[derive(Default)]
    pub enum LogLevel {
        /// Errors only.
        Error => "error",
        /// Errors and warnings.
        Warn => "warn",
        #[default]
        /// Also one line for each request.
        Info => "info",
        /// Everything.
        Debug => "debug",
    }
}
