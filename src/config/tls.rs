//! `[tls]`: the server's certificate.

use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;

/// The settings of `[tls]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM, the server's certificate first; `keys/tls.crt` of the vault if absent.
    pub certificate: Option<PathBuf>,
    /// PEM; `keys/tls.key` of the vault if absent.
    pub key: Option<PathBuf>,
    /// Whether TLS 1.2 is accepted beside 1.3.
    pub allow_tls_1_2: bool,
}

impl Tls {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.certificate.is_some() == self.key.is_some() {
            return Ok(());
        }
        Err(ConfigError::Refused {
            setting: "tls",
            rule: "give both certificate and key, or neither",
        })
    }
}
