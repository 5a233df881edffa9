//! `[sign_in]`: passkeys.

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::domain::RelyingParty;
use crate::vault::Passkeys;

/// The settings of `[sign_in]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInSettings {
    /// Who must have a passkey.
    pub passkeys: Passkeys,
    /// The address at which browsers open the vault, such as `https://vault.example`. If it is empty, that is
    /// `https://localhost` at any port.
    pub address: String,
    /// How many hours somebody who lost their passkeys waits before they enrol a new one.
    pub recovery_hours: i64,
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self {
            passkeys: Passkeys::Required,
            address: String::new(),
            recovery_hours: 24,
        }
    }
}

impl SignInSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !(1..=720).contains(&self.recovery_hours) {
            return Err(ConfigError::Refused {
                setting: "sign_in.recovery_hours",
                rule: "must be 1 to 720",
            });
        }
        match self.address.is_empty() || RelyingParty::at(&self.address).is_ok() {
            true => Ok(()),
            false => Err(ConfigError::Refused {
                setting: "sign_in.address",
                rule: "must be https://NAME or https://NAME:PORT, in lower case; an IP address has no passkeys",
            }),
        }
    }

    /// What passkeys are made for.
    pub(super) fn relying_party(&self) -> RelyingParty {
        RelyingParty::at(&self.address).unwrap_or_else(|_| RelyingParty::localhost())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_browser_or_none_and_a_recovery_waits_an_hour_or_more() {
        let with = |address: &str| SignInSettings {
            address: address.to_owned(),
            ..SignInSettings::default()
        };
        assert!(with("").check().is_ok());
        assert_eq!(with("").relying_party(), RelyingParty::localhost());
        let named = with("https://vault.example:8443");
        assert!(named.check().is_ok());
        assert_eq!(named.relying_party().id(), "vault.example");
        for (hours, good) in [
            (0, false),
            (1, true),
            (720, true),
            (721, false),
            (-24, false),
        ] {
            let settings = SignInSettings {
                recovery_hours: hours,
                ..SignInSettings::default()
            };
            assert_eq!(settings.check().is_ok(), good, "{hours}");
        }
        for wrong in ["vault.example", "https://192.0.2.1", "http://vault.example"] {
            assert!(with(wrong).check().is_err(), "{wrong}");
        }
    }
}
