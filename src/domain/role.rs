//! Roles: those held in the whole vault, and those held in one case.

use super::words;

words! {
    /// What an operator is in one case.
    pub enum CaseRole {
        Investigator => "investigator",
        Lead => "lead",
        Custodian => "custodian",
        Liaison => "liaison",
    }
}

words! {
    /// What an operator is by profession. `Auditor` and `Administrator` hold their
    /// right in the whole vault and may never be a member of a case; `Lead` may
    /// open cases; the other three get every right from a case membership.
    pub enum HomeRole {
        Investigator => "investigator",
        Lead => "lead",
        Custodian => "custodian",
        Liaison => "liaison",
        Auditor => "auditor",
        Administrator => "administrator",
    }
}

impl HomeRole {
    /// True for the two roles that must stay outside every case.
    pub fn stays_outside_cases(self) -> bool {
        matches!(self, Self::Auditor | Self::Administrator)
    }
}
