//! Random nonces, drawn many at a time and used once each.

use zeroize::Zeroizing;

use crate::vault::entropy::{Entropy, EntropyError};

/// How many nonces are drawn at a time. A system call for each nonce would cost several times the encryption.
const A_DRAW: usize = 341;
const LENGTH: usize = Nonce::BYTES;

/// Twelve random bytes for one use. The sealer consumes it.
pub struct Nonce([u8; LENGTH]);

impl Nonce {
    /// How many bytes one is.
    pub const BYTES: usize = 12;

    /// One nonce, for whoever seals once. Who seals many takes them from [`Nonces`].
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut nonce = [0; LENGTH];
        entropy.fill(&mut nonce)?;
        Ok(Self(nonce))
    }

    pub(super) fn into_bytes(self) -> [u8; LENGTH] {
        self.0
    }
}

/// A stock of nonces. It cannot be cloned, so that no nonce is given out twice.
///
/// With random nonces a key may seal 2^32 times before the probability of a collision reaches 2^-32 (NIST SP 800-38D,
/// 8.3). The user of a key has to stay below that.
pub struct Nonces<'e> {
    entropy: &'e dyn Entropy,
    drawn: Zeroizing<Vec<u8>>,
    used: usize,
}

impl<'e> Nonces<'e> {
    /// An empty stock; nothing is drawn before the first nonce is taken.
    pub fn new(entropy: &'e dyn Entropy) -> Self {
        Self {
            entropy,
            drawn: Zeroizing::new(vec![0; A_DRAW * LENGTH]),
            used: A_DRAW,
        }
    }

    /// The next nonce. If the stock is used up, new ones are drawn.
    pub fn take(&mut self) -> Result<Nonce, EntropyError> {
        if self.used == A_DRAW {
            self.entropy.fill(&mut self.drawn)?;
            self.used = 0;
        }
        let mut nonce = [0; LENGTH];
        nonce.copy_from_slice(&self.drawn[self.used * LENGTH..][..LENGTH]);
        self.used += 1;
        Ok(Nonce(nonce))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::vault::entropy::SystemEntropy;

    struct Counting(SystemEntropy, AtomicUsize);

    impl Entropy for Counting {
        fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
            self.1.fetch_add(1, Ordering::SeqCst);
            self.0.fill(out)
        }
    }

    #[test]
    fn nonces_are_drawn_in_bulk_and_never_repeat() {
        let entropy = Counting(SystemEntropy::new(), AtomicUsize::new(0));
        let mut nonces = Nonces::new(&entropy);
        let seen: HashSet<_> = (0..3 * A_DRAW)
            .map(|_| nonces.take().unwrap().into_bytes())
            .collect();
        assert_eq!(seen.len(), 3 * A_DRAW);
        assert_eq!(entropy.1.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn without_entropy_there_is_no_nonce() {
        struct Dry;
        impl Entropy for Dry {
            fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
                Err(EntropyError)
            }
        }
        let mut nonces = Nonces::new(&Dry);
        assert!(nonces.take().is_err());
        assert!(nonces.take().is_err());
    }
}
