//! `[backup]`: backups that the server makes by itself.

use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};

use super::ConfigError;
use crate::vault::backup::BackupSchedule;

/// The settings of `[backup]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// The folder of the backups of the database; without one, none are made. Where a server has the tables, none are.
    #[serde(serialize_with = "as_text")]
    pub directory: Option<PathBuf>,
    /// The folder of the backups of the keyring, on another disk; without one, none are made. Alone where a server has
    /// the tables, which `serve` looks at.
    #[serde(serialize_with = "as_text")]
    pub keyring_directory: Option<PathBuf>,
    /// How many hours from one to the next.
    pub every_hours: u32,
    /// How many of each are kept.
    pub keep: u32,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            directory: None,
            keyring_directory: None,
            every_hours: 24,
            keep: 7,
        }
    }
}

/// A path as it is shown, because it need not be UTF-8.
fn as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = path.as_ref().map(|path| path.to_string_lossy());
    text.serialize(serializer)
}

impl Backup {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |setting, rule| Err(ConfigError::Refused { setting, rule });
        if self.every_hours == 0 || self.keep == 0 {
            return refused("backup", "every_hours and keep must be at least 1");
        }
        match (&self.directory, &self.keyring_directory) {
            (Some(one), Some(other)) if one == other => refused(
                "backup.keyring_directory",
                "must be another folder than backup.directory: who has both and the passphrase has everything",
            ),
            _ => Ok(()),
        }
    }

    /// When and where backups are made, if they are.
    pub fn schedule(&self) -> Option<BackupSchedule> {
        if self.directory.is_none() && self.keyring_directory.is_none() {
            return None;
        }
        Some(BackupSchedule {
            directory: self.directory.clone(),
            keyring_directory: self.keyring_directory.clone(),
            every_s: i64::from(self.every_hours) * 3600,
            keep: usize::try_from(self.keep).unwrap_or(usize::MAX),
        })
    }
}
