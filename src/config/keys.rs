//! `[keys]`: how old each kind of key may be before it is due.

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::vault::KeyAges;

/// The settings of `[keys]`, in days. 0 is for ever: then there is no date.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// A slot of the keyring for a passphrase.
    pub passphrase_days: u32,
    /// A slot for shares.
    pub shares_days: u32,
    /// A slot for age recipients.
    pub age_days: u32,
    /// A slot for a program.
    pub command_days: u32,
    /// The root key.
    pub root_days: u32,
    /// The keys that sign the log and packages.
    pub signing_days: u32,
    /// The key of a case.
    pub case_days: u32,
    /// How many days before its end the certificate of the server is due.
    pub certificate_days: u32,
}

impl Default for Keys {
    fn default() -> Self {
        let ages = KeyAges::default();
        Self {
            passphrase_days: ages.passphrase_days,
            shares_days: ages.shares_days,
            age_days: ages.age_days,
            command_days: ages.command_days,
            root_days: ages.root_days,
            signing_days: ages.signing_days,
            case_days: ages.case_days,
            certificate_days: ages.certificate_days,
        }
    }
}

impl Keys {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let longest = [
            self.passphrase_days,
            self.shares_days,
            self.age_days,
            self.command_days,
            self.root_days,
            self.signing_days,
            self.case_days,
            self.certificate_days,
        ];
        match longest.into_iter().all(|days| days <= MOST_DAYS) {
            true => Ok(()),
            false => Err(ConfigError::Refused {
                setting: "keys",
                rule: "must be at most 36500 days, or 0 for ever",
            }),
        }
    }

    /// The same for the vault.
    pub fn ages(&self) -> KeyAges {
        KeyAges {
            passphrase_days: self.passphrase_days,
            shares_days: self.shares_days,
            age_days: self.age_days,
            command_days: self.command_days,
            root_days: self.root_days,
            signing_days: self.signing_days,
            case_days: self.case_days,
            certificate_days: self.certificate_days,
        }
    }
}

const MOST_DAYS: u32 = 36_500;
