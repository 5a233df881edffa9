//! Roles: those held in the whole vault, and those held in one case.

use super::words;

words! {
    /// The role of an operator in one case.
    pub enum CaseRole {
        /// Looks up numbers, and asks for reveals and exports.
        Investigator => "investigator",
        /// Runs the case and decides other people's requests.
        Lead => "lead",
        /// Admits exhibits and hands out packages.
        Custodian => "custodian",
        /// Asks about the numbers of one account.
        Liaison => "liaison",
    }
}

words! {
    /// The role of an operator in the vault. `Auditor` and `Administrator` have rights in the whole
    /// vault and can never be a member of a case. `Lead` may open cases. The other three get all their
    /// rights from a case membership.
    pub enum HomeRole {
        /// May be a member of cases.
        Investigator => "investigator",
        /// May open cases and be a member of them.
        Lead => "lead",
        /// May be a member of cases.
        Custodian => "custodian",
        /// May be a member of cases, for one account.
        Liaison => "liaison",
        /// Reads and verifies the audit log.
        Auditor => "auditor",
        /// Manages operators and the keyring.
        Administrator => "administrator",
    }
}

impl HomeRole {
    /// True for the two roles that must stay outside every case.
    pub fn stays_outside_cases(self) -> bool {
        matches!(self, Self::Auditor | Self::Administrator)
    }
}
