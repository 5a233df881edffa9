//! `[keyring]`: the programs that slots of the keyring are opened with.

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::vault::keyring::{Program, Programs};

/// The settings of `[keyring]`. Each is a list: the whole path of a program, then its arguments. No shell reads it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keyring {
    /// Gives back the unseal key of a `command` slot: gets the wrapped key, prints the key.
    pub open: Vec<String>,
    /// Wraps the unseal key of a new `command` slot: gets the key, prints it wrapped.
    pub wrap: Vec<String>,
    /// The `age` command, for recipients and identities of plugins.
    pub age: Vec<String>,
}

impl Keyring {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (setting, words) in [
            ("keyring.open", &self.open),
            ("keyring.wrap", &self.wrap),
            ("keyring.age", &self.age),
        ] {
            if !words.is_empty() && Program::new(words).is_err() {
                let rule = "must begin with the whole path of a program";
                return Err(ConfigError::Refused { setting, rule });
            }
        }
        Ok(())
    }

    /// The programs.
    pub fn programs(&self) -> Programs {
        Programs {
            open: Program::new(&self.open).ok(),
            wrap: Program::new(&self.wrap).ok(),
            age: Program::new(&self.age).ok(),
        }
    }
}
