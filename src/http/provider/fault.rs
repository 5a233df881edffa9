//! What goes wrong with a provider. The words are for the log: they hold nothing of what was sent.

use crate::domain::oidc::NotVouched;

/// Why the provider cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// The file of its certificate authorities has none.
    #[error("oidc.ca_file cannot be read, or has no certificate in PEM")]
    Authorities,
    /// The secret cannot be read, or others can read it.
    #[error("oidc.client_secret_file cannot be read, is empty, or is open to other users")]
    Secret,
    /// It was not reached, or its answer was too long or too late.
    #[error("the provider was not reached")]
    Unreached,
    /// It answered with another status than 200.
    #[error("the provider does not give what it should publish")]
    Status,
    /// It gave nothing for the code: it was used, is not its own, or does not go with the verifier or the secret.
    #[error("the provider refused the code")]
    Refused,
    /// What it publishes is not what it should be.
    #[error("what the provider publishes is malformed, or of another issuer")]
    Document,
    /// It does not do what the vault needs.
    #[error("the provider does not offer S256, or takes no client_secret_basic")]
    Unfit,
    /// What it gave for the code vouches for nobody.
    #[error(transparent)]
    Token(#[from] NotVouched),
    /// What came back is not from this provider.
    #[error("the answer is of another issuer, or does not say of which")]
    MixedUp,
}

impl ProviderFault {
    /// Whether it is about whom the provider vouches for, and not about the provider.
    pub(in crate::http) fn is_refusal(self) -> bool {
        matches!(self, Self::Refused | Self::Token(_) | Self::MixedUp)
    }
}
