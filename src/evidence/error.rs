//! The closed list of errors about packages.
//!
//! An error names a step, a position or a plain file name. It never repeats a recipient, an
//! identity, a cell or a refused name.

use std::io;

use crate::evidence::CheckName;

#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    #[error(
        "a name in a package has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit"
    )]
    Name,
    #[error("the package already has a file of this name")]
    DuplicateName,
    #[error("a package needs at least one recipient")]
    NoRecipient,
    #[error("recipient {position} is named twice")]
    DuplicateRecipient { position: usize },
    #[error("the age format refused the recipients")]
    Recipients,
    #[error("the working directory of a package must be empty")]
    WorkDirInUse,
    #[error("the package file exists already; nothing is overwritten")]
    PackageExists,
    #[error("an attached file has at most {limit} bytes")]
    AttachmentTooLarge { limit: usize },
    #[error("{unfinished} sealed files were begun and not finished")]
    Unfinished { unfinished: usize },
    #[error("bag-info: {label} must be one printable line of 1 to 1000 characters")]
    InfoValue { label: &'static str },
    #[error("bag-info: {label} is missing")]
    InfoMissing { label: &'static str },
    #[error(
        "bag-info: extra label {position} is not a plain label, or is set by the writer, or its value is not one printable line"
    )]
    InfoExtra { position: usize },
    #[error("the signature does not verify with the given public key")]
    SignerMismatch,

    #[error("the input is neither a directory nor a tar of a package")]
    NotAPackage,
    #[error("the tar is truncated or damaged at member {member}")]
    ArchiveBroken { member: usize },
    #[error("the tar has no end mark, or something follows it")]
    ArchiveEnd,
    #[error(
        "member {member} has a refused name (absolute, outside the package, or not plain)"
    )]
    MemberName { member: usize },
    #[error(
        "member {member} is neither a plain file nor a directory (links, devices and extended headers are refused)"
    )]
    MemberKind { member: usize },
    #[error("member {member} has the same name as another member")]
    DuplicateMember { member: usize },
    #[error("member {member} is larger than such a file may be")]
    MemberTooLarge { member: usize },
    #[error("the package has more than {limit} members")]
    TooManyMembers { limit: usize },
    #[error("the package has a fetch.txt; packages that fetch files are refused")]
    Fetch,

    #[error("line {line} of the identity file is not an age X25519 secret key")]
    Identity { line: usize },
    #[error("the identity file has no secret key")]
    NoIdentity,
    #[error("none of the identities opens {file}: the package was sealed to other recipients")]
    WrongIdentity { file: String },
    #[error("{file} is damaged, truncated or not an age file")]
    SealBroken { file: String },
    #[error("the package does not verify: {check}")]
    Unverified { check: CheckName },
    #[error("{file} does not agree with the sealed digests")]
    DigestMismatch { file: String },
    #[error("the package has no readable sealed digests")]
    NoDigests,
    #[error("{file} exists already in the output directory; nothing is overwritten")]
    AlreadyThere { file: String },

    #[error("failed to {step}")]
    Io {
        step: &'static str,
        #[source]
        source: io::Error,
    },
}

impl EvidenceError {
    /// True if the package itself is at fault, so that a command can report a failed verification
    /// and not a failure of the tool.
    pub fn is_verification_failure(&self) -> bool {
        use EvidenceError::*;
        matches!(
            self,
            NotAPackage
                | ArchiveBroken { .. }
                | ArchiveEnd
                | MemberName { .. }
                | MemberKind { .. }
                | DuplicateMember { .. }
                | MemberTooLarge { .. }
                | TooManyMembers { .. }
                | Fetch
                | SealBroken { .. }
                | Unverified { .. }
                | DigestMismatch { .. }
                | NoDigests
        )
    }
}

/// Adds the step in which an I/O error happened.
pub(super) trait During<T> {
    fn during(self, step: &'static str) -> Result<T, EvidenceError>;
}

impl<T> During<T> for io::Result<T> {
    fn during(self, step: &'static str) -> Result<T, EvidenceError> {
        self.map_err(|source| EvidenceError::Io { step, source })
    }
}
