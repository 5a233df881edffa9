//! Inclusion proofs in a file (c2sp.org/tlog-proof@v1). With the leaf's bytes and the log's public
//! key, this text file proves that the leaf is in the log.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{Checkpoint, CheckpointError, decimal};
use super::hash::{Hash, leaf_hash};
use super::key::{KeyName, VerifierKey};
use super::path::{PathError, verify_inclusion};

/// A proof that a leaf is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    index: u64,
    path: Vec<Hash>,
    /// The checkpoint's signed note as it came; `verify` opens it.
    checkpoint: String,
    /// Not authenticated by anything; read and kept, never written.
    extra: Option<Vec<u8>>,
}

/// What a proof proved about a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The name of the log.
    pub origin: KeyName,
    /// The leaf's number, from 0.
    pub index: u64,
    /// The number of leaves in the tree.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
}

/// Why a proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a [`HEADER`] proof.
    #[error("not a {HEADER} proof")]
    Header,
    /// Line `line` of the proof is malformed.
    #[error("line {line} of the proof is malformed")]
    Line {
        /// The line, from 1.
        line: usize,
    },
    /// The proof has no checkpoint.
    #[error("the proof has no checkpoint")]
    NoCheckpoint,
    /// The proof has more than [`HASHES_MAX`] hashes.
    #[error("the proof has more than {HASHES_MAX} hashes")]
    TooManyHashes,
    /// The proof's checkpoint does not verify.
    #[error("the proof's checkpoint does not verify")]
    Checkpoint(#[source] CheckpointError),
    /// The proof is not for this leaf.
    #[error("the proof is not for this leaf")]
    Path(#[source] PathError),
}

impl InclusionProof {
    /// A proof of the leaf `index`: its audit path and a checkpoint's signed note.
    pub fn new(index: u64, path: Vec<Hash>, checkpoint: String) -> Self {
        Self {
            index,
            path,
            checkpoint,
            extra: None,
        }
    }

    /// Checks that `leaf` is in the log that `key` signs.
    pub fn verify(&self, leaf: &[u8], key: &VerifierKey) -> Result<Proven, ProofError> {
        let checkpoint =
            Checkpoint::open(self.checkpoint.as_bytes(), key).map_err(ProofError::Checkpoint)?;
        let Checkpoint { origin, size, root } = checkpoint;
        verify_inclusion(&leaf_hash(leaf), self.index, size, &self.path, &root)
            .map_err(ProofError::Path)?;
        Ok(Proven {
            origin,
            index: self.index,
            size,
            root,
        })
    }

    /// The leaf's number, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The checkpoint's signed note, not opened yet.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "{EXTRA}{}", STANDARD.encode(extra))?;
        }
        writeln!(f, "{INDEX}{}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for InclusionProof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::NoCheckpoint)?;
        let mut lines = head
            .split('\n')
            .enumerate()
            .map(|(at, line)| (at + 1, line))
            .peekable();
        if lines.next().is_none_or(|(_, line)| line != HEADER) {
            return Err(ProofError::Header);
        }
        let extra = match lines.next_if(|(_, line)| line.starts_with(EXTRA)) {
            None => None,
            Some((line, text)) => {
                let extra = text
                    .strip_prefix(EXTRA)
                    .and_then(|text| STANDARD.decode(text).ok());
                Some(extra.ok_or(ProofError::Line { line })?)
            }
        };
        let (line, index) = lines.next().ok_or(ProofError::Line { line: 2 })?;
        let index = index.strip_prefix(INDEX).and_then(decimal);
        let index = index.ok_or(ProofError::Line { line })?;
        let mut path = Vec::new();
        for (line, hash) in lines {
            if path.len() == HASHES_MAX {
                return Err(ProofError::TooManyHashes);
            }
            path.push(hash.parse().map_err(|_| ProofError::Line { line })?);
        }
        Ok(Self {
            index,
            path,
            checkpoint: checkpoint.to_owned(),
            extra,
        })
    }
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const EXTRA: &str = "extra ";
const INDEX: &str = "index ";
const HASHES_MAX: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_proof_reads_back(index: u64, path: Vec<[u8; 32]>, extra: Option<Vec<u8>>) {
            let path = path.into_iter().take(HASHES_MAX).map(Hash::from_bytes).collect();
            let mut proof = InclusionProof::new(index, path, "a\n1\nb\n\n\u{2014} a b\n".to_owned());
            proof.extra = extra;
            prop_assert_eq!(proof.to_string().parse(), Ok(proof));
        }

        #[test]
        fn what_is_read_is_written_the_same_or_it_is_refused(head in "[a-z0-9 =\n]{0,90}", tail in ".{0,30}") {
            for text in [head.clone(), format!("{HEADER}\n{head}\n\n{tail}"), format!("{HEADER}\nindex 3\n{head}\n\n{tail}")] {
                if let Ok(proof) = text.parse::<InclusionProof>() {
                    prop_assert_eq!(proof.to_string(), text);
                }
            }
        }
    }

    #[test]
    fn more_hashes_than_any_tree_has_are_refused() {
        let hash = crate::vault::audit::hash::EMPTY_ROOT;
        let text = InclusionProof::new(0, vec![hash; HASHES_MAX + 1], String::new()).to_string();
        assert_eq!(
            text.parse::<InclusionProof>(),
            Err(ProofError::TooManyHashes)
        );
    }
}
