//! The one thing that packages need of the keys: a signature.

use std::sync::Arc;

use ring::signature::{Ed25519KeyPair, KeyPair};

/// Signs the tag manifests of packages with the vault's evidence key (Ed25519, RFC 8032),
/// and nothing else.
pub struct PackageSigner(Arc<Ed25519KeyPair>);

impl PackageSigner {
    pub(super) fn new(pair: Arc<Ed25519KeyPair>) -> Self {
        Self(pair)
    }

    /// The Ed25519 signature over `message`, as R and S (RFC 8032, 5.1.6).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut out = [0; 64];
        for (to, from) in out.iter_mut().zip(self.0.sign(message).as_ref()) {
            *to = *from;
        }
        out
    }

    /// The public key that checks the signatures (RFC 8032, 5.1.5).
    pub fn public(&self) -> [u8; 32] {
        let mut out = [0; 32];
        for (to, from) in out.iter_mut().zip(self.0.public_key().as_ref()) {
            *to = *from;
        }
        out
    }
}
