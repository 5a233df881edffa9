//! The salted commitment to a leaf's detail. The leaf holds the commitment, the
//! sealed table holds the detail and the salt. If those are erased, every proof stays
//! valid, and the commitment reveals nothing about the detail.
//!
//! SHA-256(u32 length || "breachvault/detail/v1" || salt (32) || seq (8, big-endian)
//!         || canonical JSON of the detail, padded with zero bytes to a multiple of 256)
//!
//! JSON never ends in a zero byte, so the padding is unambiguous. The salt must be
//! random and used for one detail only. Because `seq` is included, a detail cannot be
//! presented for another leaf.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use serde::Serialize;
use zeroize::Zeroizing;

/// Written into the leaf as standard base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment([u8; SHA256_OUTPUT_LEN]);

/// Why a commitment cannot be made or does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitmentError {
    /// The detail of leaf `seq` has no canonical JSON.
    #[error("the detail of leaf {seq} has no canonical JSON")]
    Detail {
        /// The number of the leaf.
        seq: u64,
    },
    /// The detail of leaf `seq` is not the one that the leaf commits to.
    #[error("the detail of leaf {seq} is not the one that the leaf commits to")]
    Mismatch {
        /// The number of the leaf.
        seq: u64,
    },
}

impl Commitment {
    /// Commits to `detail` for leaf `seq`. Write numbers beyond 2^53 as texts: canonical JSON would
    /// round them, and two different details would have the same commitment.
    pub fn commit(
        salt: &[u8; SALT_BYTES],
        seq: u64,
        detail: &impl Serialize,
    ) -> Result<Self, CommitmentError> {
        let json = serde_json_canonicalizer::to_vec(detail)
            .map(Zeroizing::new)
            .map_err(|_| CommitmentError::Detail { seq })?;
        Ok(Self::to_canonical(salt, seq, &json))
    }

    /// The same for a detail that is canonical JSON already.
    pub(in crate::vault) fn to_canonical(salt: &[u8; SALT_BYTES], seq: u64, json: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&LABEL_LENGTH.to_be_bytes());
        context.update(LABEL);
        context.update(salt);
        context.update(&seq.to_be_bytes());
        context.update(json);
        let over = json.len() % PADDED;
        if over > 0 {
            context.update(&[0; PADDED][over..]);
        }
        let mut commitment = [0; SHA256_OUTPUT_LEN];
        commitment.copy_from_slice(context.finish().as_ref());
        Self(commitment)
    }

    /// Checks that the `detail` member of leaf `seq` was made from this salt and detail.
    pub fn verify(
        leaf_detail: &str,
        salt: &[u8; SALT_BYTES],
        seq: u64,
        detail: &impl Serialize,
    ) -> Result<(), CommitmentError> {
        if Self::commit(salt, seq, detail)?.to_string() == leaf_detail {
            Ok(())
        } else {
            Err(CommitmentError::Mismatch { seq })
        }
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

/// The length of a salt in bytes.
pub const SALT_BYTES: usize = 32;
const LABEL: &[u8; 21] = b"breachvault/detail/v1";
const LABEL_LENGTH: u32 = 21;
const PADDED: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use ring::digest::digest;
    use serde_json::json;

    const SALT: [u8; SALT_BYTES] = [7; SALT_BYTES];

    #[test]
    fn the_commitment_is_the_formula() {
        let json = br#"{"filter":{"state":["TX"]},"reason":"a caller asks"}"#;
        let mut input = vec![0, 0, 0, 21];
        input.extend_from_slice(b"breachvault/detail/v1");
        input.extend_from_slice(&SALT);
        input.extend_from_slice(&[0, 0, 0, 0, 0, 0, 2, 11]);
        input.extend_from_slice(json);
        input.resize(4 + 21 + 32 + 8 + 256, 0);
        let detail = json!({"reason": "a caller asks", "filter": {"state": ["TX"]}});
        assert_eq!(
            Commitment::commit(&SALT, 523, &detail).unwrap().to_string(),
            STANDARD.encode(digest(&SHA256, &input))
        );
    }

    #[test]
    fn another_salt_leaf_or_detail_does_not_verify() {
        let detail = json!({"reason": "a caller asks"});
        let made = Commitment::commit(&SALT, 1, &detail).unwrap().to_string();
        assert_eq!(Commitment::verify(&made, &SALT, 1, &detail), Ok(()));
        let mismatch = |seq| Err(CommitmentError::Mismatch { seq });
        assert_eq!(Commitment::verify(&made, &[8; 32], 1, &detail), mismatch(1));
        assert_eq!(Commitment::verify(&made, &SALT, 2, &detail), mismatch(2));
        assert_eq!(
            Commitment::verify(&made, &SALT, 1, &json!({"reason": "b"})),
            mismatch(1)
        );
        assert_eq!(Commitment::verify("", &SALT, 1, &detail), mismatch(1));
    }

    #[test]
    fn a_detail_that_fills_its_last_block_has_no_filling() {
        let (full, over) = ("x".repeat(PADDED - 2), "x".repeat(PADDED - 1));
        assert_ne!(
            Commitment::commit(&SALT, 1, &full).unwrap(),
            Commitment::commit(&SALT, 1, &over).unwrap()
        );
    }
}
