//! Who calls.

/// One person for each role; two leads, and a lead by profession who is a member of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    Investigator,
    Lead,
    SecondLead,
    Custodian,
    Liaison,
    Auditor,
    Administrator,
    Outsider,
}

impl Who {
    pub const ALL: [Self; 8] = [
        Self::Investigator,
        Self::Lead,
        Self::SecondLead,
        Self::Custodian,
        Self::Liaison,
        Self::Auditor,
        Self::Administrator,
        Self::Outsider,
    ];

    /// The role by profession; the outsider could do an investigator's work if anybody let it.
    pub fn home(self) -> &'static str {
        match self {
            Self::Investigator | Self::Outsider => "investigator",
            Self::Lead | Self::SecondLead => "lead",
            Self::Custodian => "custodian",
            Self::Liaison => "liaison",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The role in the incident's case.
    pub fn in_case(self) -> Option<&'static str> {
        match self {
            Self::Auditor | Self::Administrator | Self::Outsider => None,
            other => Some(other.home()),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Investigator => "investigator",
            Self::Lead => "lead.one",
            Self::SecondLead => "lead.two",
            Self::Custodian => "custodian",
            Self::Liaison => "liaison",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::Outsider => "outsider",
        }
    }
}
