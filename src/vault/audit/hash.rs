//! SHA-256 hashes of leaves and nodes (RFC 6962 section 2.1).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN, digest};

/// One hash in the tree, written as standard base64 with padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; SHA256_OUTPUT_LEN]);

/// The hash of a leaf's bytes. It has a type of its own, because a node's hash used as a leaf's
/// would prove something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeafHash(Hash);

/// The text is not 32 bytes in standard base64 with padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 hash in standard base64")]
pub struct HashError;

/// The root of a tree without leaves: SHA-256 of the empty string.
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// SHA-256(0x00 || leaf)
pub fn leaf_hash(leaf: &[u8]) -> LeafHash {
    let mut context = Context::new(&SHA256);
    context.update(&[0x00]);
    context.update(leaf);
    LeafHash(Hash::of_digest(context.finish().as_ref()))
}

/// SHA-256(0x01 || left || right)
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0x01; 1 + 2 * SHA256_OUTPUT_LEN];
    bytes[1..=SHA256_OUTPUT_LEN].copy_from_slice(&left.0);
    bytes[1 + SHA256_OUTPUT_LEN..].copy_from_slice(&right.0);
    Hash::of_digest(digest(&SHA256, &bytes).as_ref())
}

impl Hash {
    /// The length of a hash in bytes.
    pub const BYTES: usize = SHA256_OUTPUT_LEN;

    /// The hash with these bytes.
    pub fn from_bytes(bytes: [u8; SHA256_OUTPUT_LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; SHA256_OUTPUT_LEN] {
        &self.0
    }

    /// `bytes` is always a SHA-256 digest of 32 bytes.
    fn of_digest(bytes: &[u8]) -> Self {
        let mut hash = [0; SHA256_OUTPUT_LEN];
        hash.copy_from_slice(bytes);
        Self(hash)
    }
}

impl LeafHash {
    /// The same hash as a node of the lowest level.
    pub fn as_hash(&self) -> &Hash {
        &self.0
    }

    /// Marks a hash from a store as a leaf's. Nothing is checked.
    pub fn from_stored(hash: Hash) -> Self {
        Self(hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let bytes = STANDARD.decode(text).map_err(|_| HashError)?;
        bytes.try_into().map(Self).map_err(|_| HashError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_the_digest_of_nothing() {
        assert_eq!(
            EMPTY_ROOT.to_string(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(EMPTY_ROOT.as_bytes(), digest(&SHA256, b"").as_ref());
    }

    #[test]
    fn a_leaf_is_not_a_node() {
        let (left, right) = (EMPTY_ROOT, EMPTY_ROOT);
        let both = [*left.as_bytes(), *right.as_bytes()].concat();
        assert_ne!(leaf_hash(&both).as_hash(), &node_hash(&left, &right));
    }

    #[test]
    fn a_hash_reads_back_and_nothing_else_does() {
        assert_eq!(EMPTY_ROOT.to_string().parse(), Ok(EMPTY_ROOT));
        for text in [
            "",
            "47DE",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
            " 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        ] {
            assert_eq!(text.parse::<Hash>(), Err(HashError), "{text}");
        }
    }
}
