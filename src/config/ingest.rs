//! `[ingest]`: which files are admitted.

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::vault::Settings;

/// The settings of `[ingest]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// The largest share of a file's rows that may be in quarantine, from 0 to 1.
    pub max_quarantined: f64,
}

impl Default for Ingest {
    fn default() -> Self {
        let max_quarantined = Settings::default().max_quarantined;
        Self { max_quarantined }
    }
}

impl Ingest {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match (0.0..=1.0).contains(&self.max_quarantined) {
            true => Ok(()),
            false => Err(ConfigError::Refused {
                setting: "ingest.max_quarantined",
                rule: "must be a share of the rows, from 0 to 1, such as 0.05",
            }),
        }
    }
}
