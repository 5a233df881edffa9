//! The closed list of errors about packages.
//!
//! An error names a step, a position or a plain file name. It never repeats a recipient, an
//! identity, a cell or a refused name.

use std::io;

use crate::evidence::CheckName;

/// What can go wrong with a package.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A name in a package has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit.
    #[error(
        "a name in a package has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit"
    )]
    Name,
    /// The package already has a file of this name.
    #[error("the package already has a file of this name")]
    DuplicateName,
    /// The attached leaf is not the decision that approved this package.
    #[error("the attached leaf is not the decision that approved this package ({wrong})")]
    NotApproved {
        /// What is wrong.
        wrong: String,
    },
    /// A package needs at least one recipient.
    #[error("a package needs at least one recipient")]
    NoRecipient,
    /// Recipient `position` is named twice.
    #[error("recipient {position} is named twice")]
    DuplicateRecipient {
        /// Its position, from 1.
        position: usize,
    },
    /// The age format refused the recipients.
    #[error("the age format refused the recipients")]
    Recipients,
    /// The working directory of a package must be empty.
    #[error("the working directory of a package must be empty")]
    WorkDirInUse,
    /// The package file exists already; nothing is overwritten.
    #[error("the package file exists already; nothing is overwritten")]
    PackageExists,
    /// An attached file has at most `limit` bytes.
    #[error("an attached file has at most {limit} bytes")]
    AttachmentTooLarge {
        /// The limit.
        limit: usize,
    },
    /// `unfinished` sealed files were begun and not finished.
    #[error("{unfinished} sealed files were begun and not finished")]
    Unfinished {
        /// How many.
        unfinished: usize,
    },
    /// Bag-info: `label` must be one printable line of 1 to 1000 characters.
    #[error("bag-info: {label} must be one printable line of 1 to 1000 characters")]
    InfoValue {
        /// The label.
        label: &'static str,
    },
    /// Bag-info: `label` is missing.
    #[error("bag-info: {label} is missing")]
    InfoMissing {
        /// The label.
        label: &'static str,
    },
    /// An extra label of bag-info is not plain, or is set by the writer, or has a malformed value.
    #[error(
        "bag-info: extra label {position} is not a plain label, or is set by the writer, or its value is not one printable line"
    )]
    InfoExtra {
        /// Its position, from 1.
        position: usize,
    },
    /// The signature does not verify with the given public key.
    #[error("the signature does not verify with the given public key")]
    SignerMismatch,

    /// The input is neither a directory nor a tar of a package.
    #[error("the input is neither a directory nor a tar of a package")]
    NotAPackage,
    /// The tar is truncated or damaged at member `member`.
    #[error("the tar is truncated or damaged at member {member}")]
    ArchiveBroken {
        /// The position of the member, from 1.
        member: usize,
    },
    /// The tar has no end mark, or something follows it.
    #[error("the tar has no end mark, or something follows it")]
    ArchiveEnd,
    /// Member `member` has a refused name (absolute, outside the package, or not plain).
    #[error("member {member} has a refused name (absolute, outside the package, or not plain)")]
    MemberName {
        /// The position of the member, from 1.
        member: usize,
    },
    /// Member `member` is neither a plain file nor a directory (links, devices and extended headers are refused).
    #[error(
        "member {member} is neither a plain file nor a directory (links, devices and extended headers are refused)"
    )]
    MemberKind {
        /// The position of the member, from 1.
        member: usize,
    },
    /// Member `member` has the same name as another member.
    #[error("member {member} has the same name as another member")]
    DuplicateMember {
        /// The position of the member, from 1.
        member: usize,
    },
    /// Member `member` is larger than such a file may be.
    #[error("member {member} is larger than such a file may be")]
    MemberTooLarge {
        /// The position of the member, from 1.
        member: usize,
    },
    /// The package has more than `limit` members.
    #[error("the package has more than {limit} members")]
    TooManyMembers {
        /// The limit.
        limit: usize,
    },
    /// The package has a fetch.txt; packages that fetch files are refused.
    #[error("the package has a fetch.txt; packages that fetch files are refused")]
    Fetch,

    /// Line `line` of the identity file is not an age X25519 secret key.
    #[error("line {line} of the identity file is not an age X25519 secret key")]
    Identity {
        /// The line, from 1.
        line: usize,
    },
    /// The identity file has no secret key.
    #[error("the identity file has no secret key")]
    NoIdentity,
    /// None of the identities opens `file`: the package was sealed to other recipients.
    #[error("none of the identities opens {file}: the package was sealed to other recipients")]
    WrongIdentity {
        /// The file.
        file: String,
    },
    /// `file` is damaged, truncated or not an age file.
    #[error("{file} is damaged, truncated or not an age file")]
    SealBroken {
        /// The file.
        file: String,
    },
    /// The package does not verify: `check`.
    #[error("the package does not verify: {check}")]
    Unverified {
        /// The check that failed.
        check: CheckName,
    },
    /// `file` does not agree with the sealed digests.
    #[error("{file} does not agree with the sealed digests")]
    DigestMismatch {
        /// The file.
        file: String,
    },
    /// The package has no readable sealed digests.
    #[error("the package has no readable sealed digests")]
    NoDigests,
    /// `file` exists already in the output directory; nothing is overwritten.
    #[error("{file} exists already in the output directory; nothing is overwritten")]
    AlreadyThere {
        /// The file.
        file: String,
    },

    /// Reading or writing failed.
    #[error("failed to {step}")]
    Io {
        /// The step that failed, as "failed to …".
        step: &'static str,
        /// The error of the system.
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
