//! Checkpoints (c2sp.org/tlog-checkpoint): the signed statement of the log's size and root.

use std::fmt;
use std::str::FromStr;

use ring::signature::Ed25519KeyPair;

use super::hash::{EMPTY_ROOT, Hash};
use super::key::{KeyName, VerifierKey};
use super::note::{NoteError, open, sign, split};
use super::tree::SIZE_MAX;

/// Written without extension lines; on reading they are accepted and dropped.
///
/// The signer must first check, in the transaction that stores the signature, that the tree extends
/// every tree signed before. Nothing here can check that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log, and of its key.
    pub origin: KeyName,
    /// The number of leaves.
    pub size: u64,
    /// The root of the tree over these leaves.
    pub root: Hash,
}

/// Why a checkpoint is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The checkpoint's signed note does not verify.
    #[error("the checkpoint's signed note does not verify")]
    Note(#[source] NoteError),
    /// The checkpoint's first line is not an origin.
    #[error("the checkpoint's first line is not an origin")]
    Origin,
    /// The checkpoint and the key are of different logs.
    #[error("the checkpoint and the key are of different logs")]
    OtherLog,
    /// The checkpoint's second line is not a tree size.
    #[error("the checkpoint's second line is not a tree size")]
    Size,
    /// The checkpoint's third line is not a root hash of a tree of this size.
    #[error("the checkpoint's third line is not a root hash of a tree of this size")]
    Root,
    /// Line `line` of the checkpoint is malformed.
    #[error("line {line} of the checkpoint is malformed")]
    Line {
        /// The line, from 1.
        line: usize,
    },
}

impl Checkpoint {
    /// The signed note. The key's name is the origin.
    pub fn sign(&self, key: &Ed25519KeyPair) -> Result<String, CheckpointError> {
        sign(&self.to_string(), &self.origin, key).map_err(CheckpointError::Note)
    }

    /// Opens a note, which must be signed by the log's own key.
    pub fn open(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        let opened = open(note, std::slice::from_ref(key)).map_err(CheckpointError::Note)?;
        let checkpoint: Self = opened.text.parse()?;
        if checkpoint.origin == *key.name() {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::OtherLog)
        }
    }

    /// The same, but the note may be of an earlier log of the vault, from whose leaves the key's log goes on.
    pub fn open_kept(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        let says = Self::unverified(note).ok().map(|says| says.origin);
        match says.filter(|origin| key.name().continues(origin.as_str())) {
            Some(earlier) => Self::open(note, &VerifierKey::new(earlier, *key.public())),
            None => Self::open(note, key),
        }
    }

    /// The same, but the note may be of any log of the vault of this key.
    pub fn open_of_vault(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        let says = Self::unverified(note).ok().map(|says| says.origin);
        match says.filter(|origin| key.name().is_of_vault_of(origin.as_str())) {
            Some(name) => Self::open(note, &VerifierKey::new(name, *key.public())),
            None => Self::open(note, key),
        }
    }

    /// What a note says, without checking its signatures: enough to know which files to read, not
    /// enough to trust them.
    pub(super) fn unverified(note: &[u8]) -> Result<Self, CheckpointError> {
        let (text, _) = split(note).map_err(CheckpointError::Note)?;
        text.parse()
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let whole = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Line { line: 1 })?;
        let mut lines = whole.split('\n');
        let origin = lines.next().and_then(|line| line.parse().ok());
        let origin = origin.ok_or(CheckpointError::Origin)?;
        let size = lines
            .next()
            .and_then(decimal)
            .filter(|size| *size <= SIZE_MAX);
        let size = size.ok_or(CheckpointError::Size)?;
        let root = lines.next().and_then(|line| line.parse().ok());
        let root = root.filter(|root| size > 0 || *root == EMPTY_ROOT);
        let root = root.ok_or(CheckpointError::Root)?;
        match lines.position(str::is_empty) {
            Some(empty) => Err(CheckpointError::Line { line: 4 + empty }),
            None => Ok(Self { origin, size, root }),
        }
    }
}

/// ASCII digits without sign or leading zeros; zero is `0`.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn root() -> String {
        crate::vault::audit::hash::leaf_hash(b"x")
            .as_hash()
            .to_string()
    }

    #[test]
    fn extension_lines_are_tolerated_and_dropped() {
        let plain = format!("a.example\n3\n{}\n", root());
        let extended = format!("{plain}more\nstill more\n");
        assert_eq!(extended.parse::<Checkpoint>(), plain.parse::<Checkpoint>());
        assert_eq!(extended.parse::<Checkpoint>().unwrap().to_string(), plain);
    }

    #[test]
    fn a_malformed_line_is_named() {
        let root = root();
        for (text, error) in [
            (String::new(), CheckpointError::Line { line: 1 }),
            (format!("a\n3\n{root}"), CheckpointError::Line { line: 1 }),
            (format!("\n3\n{root}\n"), CheckpointError::Origin),
            (format!("a\n03\n{root}\n"), CheckpointError::Size),
            (format!("a\n+3\n{root}\n"), CheckpointError::Size),
            (format!("a\n\n{root}\n"), CheckpointError::Size),
            (
                format!("a\n99999999999999999999\n{root}\n"),
                CheckpointError::Size,
            ),
            (format!("a\n0\n{root}\n"), CheckpointError::Root),
            ("a\n3\nAAAA\n".to_owned(), CheckpointError::Root),
            ("a\n3\n".to_owned(), CheckpointError::Root),
            (
                format!("a\n3\n{root}\n\n"),
                CheckpointError::Line { line: 4 },
            ),
            (
                format!("a\n3\n{root}\nx\n\ny\n"),
                CheckpointError::Line { line: 5 },
            ),
        ] {
            assert_eq!(text.parse::<Checkpoint>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_checkpoint_of_another_log_is_refused_though_the_key_signed_it() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let name: KeyName = "log.example/a".parse().unwrap();
        let key = VerifierKey::of(name.clone(), &pair).unwrap();
        let note = sign(&format!("log.example/b\n0\n{EMPTY_ROOT}\n"), &name, &pair).unwrap();
        assert_eq!(
            Checkpoint::open(note.as_bytes(), &key),
            Err(CheckpointError::OtherLog)
        );
    }

    proptest! {
        #[test]
        fn a_checkpoint_reads_back(origin in "[a-z0-9./-]{1,60}", size in 1..=SIZE_MAX, root: [u8; 32]) {
            let checkpoint = Checkpoint {
                origin: origin.parse().unwrap(),
                size,
                root: Hash::from_bytes(root),
            };
            prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
        }

        #[test]
        fn any_text_is_read_as_it_would_be_written_or_refused(text in "[a-z]{0,3}\n[0-9]{0,4}\n.{0,50}\n") {
            if let Ok(checkpoint) = text.parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }
}
