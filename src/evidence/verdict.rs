//! The verdict on a package: one line for each check.

use std::fmt;

/// Every check in order. The package is valid only if all of them hold.
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

/// The closed list of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// `bagit.txt` declares BagIt 1.0.
    Declaration,
    /// `bag-info.txt` has every required label.
    BagInfo,
    /// The size of the payload is the one in `bag-info.txt`.
    PayloadOxum,
    /// The payload agrees with its SHA-256 manifest.
    ManifestSha256,
    /// The payload agrees with its SHA-512 manifest.
    ManifestSha512,
    /// The tag files agree with the tag manifest.
    Tagmanifest,
    /// There are no files that no manifest lists.
    UnlistedFiles,
    /// The signature fits the tag manifest.
    Signature,
    /// The signature is by the trusted key.
    Signer,
    /// The audit leaf is in the trusted log.
    InclusionProof,
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

impl CheckName {
    /// The name of the check.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::BagInfo => "bag-info",
            Self::PayloadOxum => "payload-oxum",
            Self::ManifestSha256 => "manifest-sha256",
            Self::ManifestSha512 => "manifest-sha512",
            Self::Tagmanifest => "tagmanifest",
            Self::UnlistedFiles => "unlisted-files",
            Self::Signature => "signature",
            Self::Signer => "signer",
            Self::InclusionProof => "inclusion-proof",
        }
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
