//! The id of a vault: 16 random bytes in hexadecimal. It is not secret.

use std::fmt;
use std::str::FromStr;

use super::hex;

/// The id of a vault.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct VaultId(String);

/// The text is not the id of a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 lower-case hexadecimal digits")]
pub struct VaultIdError;

impl VaultId {
    /// Makes an id from 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(hex::encode(&bytes))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VaultId {
    type Err = VaultIdError;

    fn from_str(text: &str) -> Result<Self, VaultIdError> {
        let bytes = hex::decode::<16>(text.as_bytes()).ok_or(VaultIdError)?;
        Ok(Self::from_random(bytes))
    }
}

impl TryFrom<String> for VaultId {
    type Error = VaultIdError;

    fn try_from(text: String) -> Result<Self, VaultIdError> {
        text.parse()
    }
}

impl From<VaultId> for String {
    fn from(id: VaultId) -> Self {
        id.0
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_id_reads_back_and_nothing_else_does() {
        let id = VaultId::from_random([0xa0; 16]);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_eq!("A0".repeat(16).parse::<VaultId>(), Err(VaultIdError));
        assert_eq!("a0".repeat(15).parse::<VaultId>(), Err(VaultIdError));
    }
}
