//! The verdict on a package: one line for each check.

use std::fmt;

use crate::domain::words;

/// Every check in order. The package holds only if all of them do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verdict {
    /// One entry for each check.
    pub checks: Vec<Check>,
}

/// An explanation may name plain files of the package, never their content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// True if the check holds.
    pub holds: bool,
    /// What was found, or what is wrong.
    pub explanation: String,
}

words! {
    /// The closed list of checks.
    pub enum CheckName {
        /// `bagit.txt` declares BagIt 1.0.
        Declaration => "declaration",
        /// `bag-info.txt` has every required label.
        BagInfo => "bag-info",
        /// The size of the payload is the one in `bag-info.txt`.
        PayloadOxum => "payload-oxum",
        /// The payload agrees with its SHA-256 manifest.
        ManifestSha256 => "manifest-sha256",
        /// The payload agrees with its SHA-512 manifest.
        ManifestSha512 => "manifest-sha512",
        /// The tag files agree with the tag manifest.
        Tagmanifest => "tagmanifest",
        /// There are no files that no manifest lists.
        UnlistedFiles => "unlisted-files",
        /// The signature fits the tag manifest.
        Signature => "signature",
        /// The signature is by the trusted key.
        Signer => "signer",
        /// The audit leaf is in the trusted log.
        InclusionProof => "inclusion-proof",
        /// The audit leaf is the decision that approved this package.
        Approval => "approval",
        /// The decider's own passkey signed the decision, or there was none.
        Passkey => "passkey",
    }
}

impl Verdict {
    /// True if every check holds.
    pub fn holds(&self) -> bool {
        self.failed().is_none()
    }

    /// The first check that failed.
    pub fn failed(&self) -> Option<&Check> {
        self.checks.iter().find(|check| !check.holds)
    }

    /// One check by its name.
    pub fn check(&self, name: CheckName) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }
}

impl Check {
    pub(super) fn new(name: CheckName, outcome: Result<String, String>) -> Self {
        let holds = outcome.is_ok();
        let (Ok(explanation) | Err(explanation)) = outcome;
        Self {
            name,
            holds,
            explanation,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = if self.holds { "ok" } else { "FAILED" };
        write!(
            f,
            "{:<15} {outcome:<6} {}",
            self.name.as_str(),
            self.explanation
        )
    }
}
