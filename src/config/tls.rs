//! `[tls]`: the server's certificate.

use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};

use super::ConfigError;

/// The settings of `[tls]`.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM, the server's certificate first; `keys/tls.crt` of the vault if absent.
    #[serde(serialize_with = "as_text")]
    pub certificate: Option<PathBuf>,
    /// PEM; `keys/tls.key` of the vault if absent.
    #[serde(serialize_with = "as_text")]
    pub key: Option<PathBuf>,
    /// PEM, the authorities that sign machines' certificates; if absent, any certificate with a known key is a
    /// machine's.
    #[serde(serialize_with = "as_text")]
    pub machine_ca: Option<PathBuf>,
    /// Whether TLS 1.2 is accepted beside 1.3.
    pub allow_tls_1_2: bool,
}

/// A path as it is shown, because it need not be UTF-8.
fn as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = path.as_ref().map(|path| path.to_string_lossy());
    text.serialize(serializer)
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
