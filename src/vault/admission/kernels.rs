//! What `benches/kernels.rs` measures of an admission: the set of fingerprints.
//!
//! Compiled only with the feature `kernels`, which is off by default. Sees fingerprints only.

use super::fingerprint_set::FingerprintSet;

/// The rows that an admission has seen, by fingerprint.
pub struct SeenRows(FingerprintSet);

impl SeenRows {
    /// An empty set.
    #[expect(clippy::new_without_default, reason = "a benchmark has no use for it")]
    pub fn new() -> Self {
        Self(FingerprintSet::new())
    }

    /// Inserts all fingerprints in order and sets `new` to whether each was new.
    pub fn insert_all(&mut self, fingerprints: &[u128], new: &mut Vec<bool>) {
        self.0.insert_all(fingerprints, new);
    }
}
