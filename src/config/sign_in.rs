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
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self {
            passkeys: Passkeys::Required,
            address: String::new(),
        }
    }
}

impl SignInSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
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
    fn an_address_is_that_of_a_browser_or_none() {
        let with = |address: &str| SignInSettings {
            address: address.to_owned(),
            ..SignInSettings::default()
        };
        assert!(with("").check().is_ok());
        assert_eq!(with("").relying_party(), RelyingParty::localhost());
        let named = with("https://vault.example:8443");
        assert!(named.check().is_ok());
        assert_eq!(named.relying_party().id(), "vault.example");
        for wrong in ["vault.example", "https://192.0.2.1", "http://vault.example"] {
            assert!(with(wrong).check().is_err(), "{wrong}");
        }
    }
}
