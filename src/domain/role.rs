//! Who may be what: roles held in the whole vault, and roles held in one case.

use std::fmt;
use std::str::FromStr;

/// What an operator is in one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CaseRole {
    Investigator,
    Lead,
    Custodian,
    Liaison,
}

impl CaseRole {
    pub const ALL: [Self; 4] = [
        Self::Investigator,
        Self::Lead,
        Self::Custodian,
        Self::Liaison,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigator => "investigator",
            Self::Lead => "lead",
            Self::Custodian => "custodian",
            Self::Liaison => "liaison",
        }
    }
}

/// What an operator is by profession. `Auditor` and `Administrator` hold their
/// right in the whole vault and may never be a member of a case; `Lead` may
/// open cases; the other three get every right from a case membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HomeRole {
    Investigator,
    Lead,
    Custodian,
    Liaison,
    Auditor,
    Administrator,
}

impl HomeRole {
    pub const ALL: [Self; 6] = [
        Self::Investigator,
        Self::Lead,
        Self::Custodian,
        Self::Liaison,
        Self::Auditor,
        Self::Administrator,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigator => "investigator",
            Self::Lead => "lead",
            Self::Custodian => "custodian",
            Self::Liaison => "liaison",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// True for the two roles that must stay outside every case.
    pub fn stays_outside_cases(self) -> bool {
        matches!(self, Self::Auditor | Self::Administrator)
    }
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role")]
pub struct RoleError;

impl FromStr for CaseRole {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(RoleError)
    }
}

impl FromStr for HomeRole {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(RoleError)
    }
}

impl fmt::Display for CaseRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for HomeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
