//! Shamir's secret sharing over GF(256), byte by byte (Shamir, How to Share a Secret, 1979).
//!
//! Each byte of the secret is the constant term of a random polynomial of degree `k - 1`; a share is the value at its
//! number. The numbers of shares are public, values and coefficients are not.

use zeroize::Zeroizing;

use crate::vault::entropy::{Entropy, EntropyError};

use super::gf256::{inverse, mul};
use super::secret::Secret;

/// The bytes of a secret, and of each share.
pub(super) const BYTES: usize = 32;

/// Splits the secret; the first share is that of number 1.
pub(super) fn split(
    secret: &Secret<BYTES>,
    k: u8,
    n: u8,
    entropy: &dyn Entropy,
) -> Result<Vec<Secret<BYTES>>, EntropyError> {
    let degree = usize::from(k.saturating_sub(1));
    // Of every value, zero too: a polynomial whose highest coefficient is never zero would tell something of the
    // secret.
    let mut coefficients = Zeroizing::new(vec![0; degree * BYTES]);
    entropy.fill(&mut coefficients)?;
    (1..=n)
        .map(|x| {
            Secret::filled(|value: &mut [u8; BYTES]| {
                // Horner's rule, from the highest coefficient down to the secret.
                for row in coefficients.chunks_exact(BYTES) {
                    advance(value, x, row);
                }
                advance(value, x, secret.bytes());
                Ok(())
            })
        })
        .collect()
}

fn advance(value: &mut [u8; BYTES], x: u8, row: &[u8]) {
    for (value, coefficient) in value.iter_mut().zip(row) {
        *value = mul(*value, x) ^ coefficient;
    }
}

/// The secret of shares with different numbers. With fewer than `k`, or with a wrong one, it is another value.
pub(super) fn combine(shares: &[(u8, &Secret<BYTES>)]) -> Option<Secret<BYTES>> {
    let distinct = (1..).zip(shares).all(|(after, (x, _))| {
        let others = shares.get(after..).unwrap_or_default();
        *x != 0 && others.iter().all(|(other, _)| other != x)
    });
    if shares.is_empty() || !distinct {
        return None;
    }
    Secret::filled(|secret: &mut [u8; BYTES]| {
        for (x, value) in shares {
            // Lagrange's polynomial of this share, at zero: it follows from the numbers alone.
            let others = shares.iter().filter(|(other, _)| other != x);
            let weight = others.fold(1, |weight, (other, _)| {
                mul(weight, mul(*other, inverse(other ^ x)))
            });
            for (secret, value) in secret.iter_mut().zip(value.bytes()) {
                *secret ^= mul(*value, weight);
            }
        }
        Ok::<(), std::convert::Infallible>(())
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vault::entropy::SystemEntropy;

    fn chosen<'s>(shares: &'s [Secret<BYTES>], numbers: &[u8]) -> Vec<(u8, &'s Secret<BYTES>)> {
        let one = |number: &u8| (*number, &shares[usize::from(*number) - 1]);
        numbers.iter().map(one).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_k_shares_give_the_secret_and_fewer_do_not(
            secret in any::<[u8; BYTES]>(),
            k in 2_u8..=8,
            more in 0_u8..=8,
            turn in any::<u8>(),
        ) {
            let n = k + more;
            let whole = Secret::copied(&secret).unwrap();
            let shares = split(&whole, k, n, &SystemEntropy::new()).unwrap();
            let mut numbers: Vec<u8> = (1..=n).collect();
            numbers.rotate_left(usize::from(turn % n));
            let found = combine(&chosen(&shares, &numbers[..usize::from(k)])).unwrap();
            prop_assert_eq!(found.bytes(), &secret);
            let found = combine(&chosen(&shares, &numbers)).unwrap();
            prop_assert_eq!(found.bytes(), &secret);
            let fewer = combine(&chosen(&shares, &numbers[..usize::from(k) - 1])).unwrap();
            prop_assert_ne!(fewer.bytes(), &secret);
        }
    }

    #[test]
    fn a_number_that_comes_twice_or_is_zero_gives_nothing() {
        let secret = Secret::copied(&[7; BYTES]).unwrap();
        assert!(combine(&[]).is_none());
        assert!(combine(&[(1, &secret), (1, &secret)]).is_none());
        assert!(combine(&[(0, &secret), (1, &secret)]).is_none());
        assert!(combine(&[(2, &secret), (1, &secret), (2, &secret)]).is_none());
    }

    /// Counts up from one, so that coefficients are known.
    struct Counting(std::sync::Mutex<u8>);

    impl Entropy for Counting {
        fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
            let mut at = self.0.lock().unwrap();
            out.fill_with(|| {
                *at = at.wrapping_add(1);
                *at
            });
            Ok(())
        }
    }

    #[test]
    fn a_share_is_the_polynomial_at_its_number() {
        let secret = Secret::copied(&[0x42; BYTES]).unwrap();
        let shares = split(&secret, 3, 5, &Counting(std::sync::Mutex::default())).unwrap();
        for (x, share) in (1_u8..).zip(&shares) {
            for (at, value) in share.bytes().iter().enumerate() {
                let highest = at as u8 + 1;
                let middle = highest + BYTES as u8;
                let expected = mul(mul(highest, x), x) ^ mul(middle, x) ^ 0x42;
                assert_eq!(*value, expected, "share {x}, byte {at}");
            }
        }
    }

    /// The sum of the squared differences from an even spread, over what was expected. Of 255 degrees of freedom; an
    /// even spread is above 400 less often than once in 10^7 runs.
    fn chi_square(counts: &[u32; 256], drawn: u32) -> f64 {
        let expected = f64::from(drawn) / 256.0;
        let each = counts.iter().map(|count| {
            let off = f64::from(*count) - expected;
            off * off / expected
        });
        each.sum()
    }

    #[test]
    fn the_coefficients_are_spread_evenly_over_all_values() {
        // With a secret of zeros and k = 2, the share of number 1 is the coefficient itself.
        let secret = Secret::copied(&[0; BYTES]).unwrap();
        let entropy = SystemEntropy::new();
        let (mut first, mut third) = ([0_u32; 256], [0_u32; 256]);
        let rounds = 4_000;
        for _ in 0..rounds {
            let shares = split(&secret, 2, 3, &entropy).unwrap();
            for at in 0..BYTES {
                first[usize::from(shares[0].bytes()[at])] += 1;
                third[usize::from(shares[2].bytes()[at])] += 1;
            }
        }
        let drawn = rounds * BYTES as u32;
        for counts in [first, third] {
            let found = chi_square(&counts, drawn);
            assert!(found < 400.0, "{found}");
            assert!(counts[0] > 0, "zero is a coefficient like any other");
        }
    }
}
