//! The package format: evidence sealed to named recipients, in a signed BagIt bag.
//!
//! It sees the plaintext that is written into a [`SealedFile`] and passes it to age at once; a [`Spreadsheet`] packs it
//! on the way. Only ciphertext reaches the disk, and no digest of plaintext is stored in the clear. It knows no
//! database, no key of the vault and no clock: callers (`operations` to write, `cli` to verify and open) pass in the
//! signature and the time. It keeps nothing secret from the recipients. age does not show who sealed a file; the
//! signature over the tag manifest does. The buffers inside `age` and those of the packer are not wiped when they are
//! freed.

mod approval;
mod bag;
mod cell;
mod checks;
mod device;
mod digest;
mod error;
mod manifest;
mod name;
mod open;
mod package;
mod padding;
mod profile;
mod proof_check;
mod readme;
mod recipient;
mod sealed;
mod sheet_xml;
mod source;
mod spreadsheet;
mod sshsig;
mod survey;
mod tagfiles;
mod tarball;
mod verdict;
mod verify;
mod workbook;

#[cfg(test)]
mod tests;

pub use bag::BagInfo;
pub use cell::{safe_cell, write_row};
pub use device::{Device, LABEL as DECIDER_PASSKEY};
pub use digest::sha256_hex;
pub use error::EvidenceError;
pub use name::PackageName;
pub use open::{Opened, open};
pub use package::{Finished, PackageWriter};
pub use padding::Padding;
pub use profile::{PROFILE, PROFILE_IDENTIFIER};
pub use proof_check::ProofCheck;
pub use readme::readme;
pub use recipient::{Recipient, RecipientError};
pub use sealed::SealedFile;
pub use spreadsheet::Spreadsheet;
pub use sshsig::{
    NAMESPACE, SshSignature, SshsigError, allowed_signers_line, allowed_signers_line_until,
    key_fingerprint, parse_public_key, print_public_key, sign, verify as verify_signature,
};
pub use verdict::{Check, CheckName, Verdict};
pub use verify::{Trust, verify};
