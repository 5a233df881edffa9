//! The source of random bytes. Code that needs randomness gets it as an argument; only this file opens the system's.

use std::sync::{Mutex, PoisonError};

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

/// Bytes that were drawn with one system call, for a step that needs several small pieces. Each is given out once; what
/// is beyond them is drawn when it is needed. Not kept from step to step, so that a copy of a running machine does not
/// give them out again.
pub struct Drawn<'e> {
    entropy: &'e dyn Entropy,
    left: Mutex<Vec<u8>>,
}

impl<'e> Drawn<'e> {
    /// Draws so many bytes.
    pub fn of(entropy: &'e dyn Entropy, length: usize) -> Result<Self, EntropyError> {
        let mut left = vec![0; length];
        entropy.fill(&mut left)?;
        let left = Mutex::new(left);
        Ok(Self { entropy, left })
    }
}

impl Entropy for Drawn<'_> {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rest) = left.len().checked_sub(out.len()) else {
            return self.entropy.fill(out);
        };
        out.copy_from_slice(&left[rest..]);
        left.truncate(rest);
        Ok(())
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

    /// Counts up, and counts its calls.
    struct Counting(Mutex<(u8, usize)>);

    impl Entropy for Counting {
        fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
            let mut at = self.0.lock().unwrap();
            out.fill_with(|| {
                at.0 += 1;
                at.0
            });
            at.1 += 1;
            Ok(())
        }
    }

    #[test]
    fn what_was_drawn_at_once_is_given_out_once_and_then_drawn_anew() {
        let source = Counting(Mutex::default());
        let drawn = Drawn::of(&source, 10).unwrap();
        let pieces = [draw::<4>(&drawn), draw::<4>(&drawn), draw::<4>(&drawn)];
        let mut given = pieces.map(Result::unwrap).concat();
        given.extend(draw::<2>(&drawn).unwrap());
        given.sort_unstable();
        assert_eq!(given, (1..=14).collect::<Vec<u8>>());
        assert_eq!(source.0.lock().unwrap().1, 2);
    }
}
