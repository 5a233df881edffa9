//! `[store]`: a vault whose tables a server has.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// The settings of `[store]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Sealed parts of exhibits that are kept on this machine's disk, in bytes; 0 is none. Of no use to a vault whose
    /// tables are in a file.
    pub cache_bytes: u64,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            cache_bytes: 4 << 30,
        }
    }
}

impl Store {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match self.cache_bytes {
            0 | 67_108_864.. => Ok(()),
            _ => Err(ConfigError::Refused {
                setting: "store.cache_bytes",
                rule: "must be 0 or at least 64 MiB",
            }),
        }
    }
}
