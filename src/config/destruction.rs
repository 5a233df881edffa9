//! `[destruction]`: how long the end of a case can be stopped.

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::vault::Settings;

/// The settings of `[destruction]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Destruction {
    /// How long an approved destruction waits before somebody can carry it out, in seconds. It counts the time for
    /// which the vault runs.
    pub delay_s: i64,
}

impl Default for Destruction {
    fn default() -> Self {
        let delay_s = Settings::default().destruction_delay_s;
        Self { delay_s }
    }
}

impl Destruction {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match (60..=365 * 86_400).contains(&self.delay_s) {
            true => Ok(()),
            false => Err(ConfigError::Refused {
                setting: "destruction.delay_s",
                rule: "must be between 60 seconds and a year",
            }),
        }
    }
}
