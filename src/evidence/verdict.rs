//! The verdict on a package: one line for each check.

use std::fmt;

use crate::domain::words;

/// Every check in order. The package holds only if all of them do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verdict {
    pub checks: Vec<Check>,
}

/// An explanation may name plain files of the package, never their content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    pub name: CheckName,
    pub holds: bool,
    pub explanation: String,
}

words! {
    /// What is checked; the list is closed.
    pub enum CheckName {
        Declaration => "declaration",
        BagInfo => "bag-info",
        PayloadOxum => "payload-oxum",
        ManifestSha256 => "manifest-sha256",
        ManifestSha512 => "manifest-sha512",
        Tagmanifest => "tagmanifest",
        UnlistedFiles => "unlisted-files",
        Signature => "signature",
        Signer => "signer",
        InclusionProof => "inclusion-proof",
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
