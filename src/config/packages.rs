//! `[packages]`: where packages lie that were built.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// The settings of `[packages]`.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Packages {
    /// A folder, which all nodes of a vault may share; `data/packages` of the vault directory, if absent.
    pub directory: Option<PathBuf>,
}

impl Packages {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match &self.directory {
            // A command on the host runs in whatever folder somebody is.
            Some(directory) if !directory.is_absolute() => Err(ConfigError::Refused {
                setting: "packages.directory",
                rule: "must begin at the root: /mnt/packages, for example",
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn the_folder_is_named_from_the_root() {
        let read = |directory: &str| {
            let config = Config::parse(&format!("[packages]\ndirectory = \"{directory}\"\n"));
            config.map(|config| config.settings().packages)
        };
        let shared = read("/mnt/packages").unwrap().unwrap();
        assert_eq!(shared.to_str(), Some("/mnt/packages"));
        assert!(read("packages").is_err());
        assert_eq!(Config::default().settings().packages, None);
    }
}
