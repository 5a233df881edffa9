//! How a verifier checks proofs of the audit log, whose format this layer does not know.

/// `(proof, leaf) ->` what was proved, or why it was not.
pub type ProofCheck = dyn Fn(&[u8], &[u8]) -> Result<String, String>;
