//! `[log]`: what the process logs on standard error.

use serde::Deserialize;

use crate::domain::words;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub level: LogLevel,
    /// One JSON object a line instead of text.
    pub json: bool,
}

words! {
    #[derive(Default)]
    pub enum LogLevel {
        Error => "error",
        Warn => "warn",
        #[default]
        Info => "info",
        Debug => "debug",
    }
}
