//! A keyed digest over parts.

use super::case_keys::{CaseKeys, FileDigest};

/// HMAC-SHA-256 over length-prefixed parts, under the case's digest key: binds a
/// request to its result set. Keyed, so that a reader of the database cannot try
/// out what it covers.
pub struct RequestDigest(FileDigest);

impl RequestDigest {
    /// `label` says what is digested, so that no digest is taken for one of another thing.
    pub(in crate::vault) fn of(keys: &CaseKeys, label: &str) -> Self {
        let mut digest = Self(keys.digests().begin());
        digest.part(label.as_bytes());
        digest
    }

    pub(in crate::vault) fn part(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    pub(in crate::vault) fn finish(self) -> [u8; 32] {
        self.0.finish()
    }
}
