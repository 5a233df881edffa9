//! Roles: those held in the whole vault, and those held in one case.

use std::fmt;
use std::str::FromStr;

/// The role of an operator in one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CaseRole {
    /// Looks up numbers, and asks for reveals and exports.
    Investigator,
    /// Runs the case and decides other people's requests.
    Lead,
    /// Admits exhibits and hands out packages.
    Custodian,
    /// Asks about the numbers of one account.
    Liaison,
}

impl CaseRole {
    /// All roles.
    pub const ALL: [Self; 4] = [
        Self::Investigator,
        Self::Lead,
        Self::Custodian,
        Self::Liaison,
    ];

    /// The word in requests and leaves.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigator => "investigator",
            Self::Lead => "lead",
            Self::Custodian => "custodian",
            Self::Liaison => "liaison",
        }
    }
}

/// The role of an operator in the vault. `Auditor` and `Administrator` have rights in the whole
/// vault and can never be a member of a case. `Lead` may open cases. The other three get all their
/// rights from a case membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HomeRole {
    /// May be a member of cases.
    Investigator,
    /// May open cases and be a member of them.
    Lead,
    /// May be a member of cases.
    Custodian,
    /// May be a member of cases, for one account.
    Liaison,
    /// Reads and verifies the audit log.
    Auditor,
    /// Manages operators and the keyring.
    Administrator,
}

impl HomeRole {
    /// All roles.
    pub const ALL: [Self; 6] = [
        Self::Investigator,
        Self::Lead,
        Self::Custodian,
        Self::Liaison,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The word in requests and leaves.
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

    /// True for the two roles that cannot be members of a case.
    pub fn stays_outside_cases(self) -> bool {
        matches!(self, Self::Auditor | Self::Administrator)
    }
}

/// The text is not a role.
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
