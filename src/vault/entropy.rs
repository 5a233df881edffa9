//! The source of random bytes. Code that needs randomness gets it as an argument; only this file opens the system's.

use ring::rand::{SecureRandom, SystemRandom};

/// The source of randomness failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no randomness")]
pub struct EntropyError;

/// A source of random bytes fit for keys and nonces.
pub trait Entropy: Send + Sync {
    /// Fills `out` with random bytes. After an error `out` must not be used.
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's generator.
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// Opens the operating system's generator.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that opens the system's generator"
    )]
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(out).map_err(|_| EntropyError)
    }
}

/// Draws `N` bytes for something that is not secret, such as a salt or an id.
pub fn draw<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], EntropyError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let entropy = SystemEntropy::new();
        assert_ne!(draw::<32>(&entropy), draw::<32>(&entropy));
    }
}
