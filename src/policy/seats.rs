//! In which capacity somebody acts, and which capacities an action is for, in which state of the case.

use crate::domain::{CaseRole, HomeRole};

/// The capacity in which somebody acts: as a stranger, as the vault, by their role in the vault, or
/// as a member of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seat {
    /// Somebody without a session.
    Stranger,
    /// The vault itself.
    System,
    /// An operator, by their role in the vault.
    Home(HomeRole),
    /// A member of the case, by their role in it.
    Member(CaseRole),
}

/// Every role in the vault.
pub(super) const EVERYBODY: &[HomeRole] = &HomeRole::ALL;
/// The roles in the vault of those who work on cases.
pub(super) const CASE_WORKERS: &[HomeRole] = &[
    HomeRole::Investigator,
    HomeRole::Lead,
    HomeRole::Custodian,
    HomeRole::Liaison,
];

/// The row of an action in the matrix: who may do it, and when.
pub(super) struct Row {
    /// It is about one case.
    pub(super) case: bool,
    pub(super) stranger: bool,
    pub(super) system: bool,
    pub(super) home: &'static [HomeRole],
    pub(super) members: &'static [CaseRole],
    pub(super) when_closed: bool,
    pub(super) when_destroyed: bool,
}

/// For somebody without a session.
pub(super) const STRANGER: Row = Row {
    stranger: true,
    ..home(&[])
};

/// For the vault itself.
pub(super) const SYSTEM: Row = Row {
    system: true,
    ..home(&[])
};

/// For operators with one of these roles in the vault; it is about no case.
pub(super) const fn home(home: &'static [HomeRole]) -> Row {
    Row {
        case: false,
        stranger: false,
        system: false,
        home,
        members: &[],
        when_closed: true,
        when_destroyed: true,
    }
}

/// For members of the case with one of these roles in it, while it is open or on hold.
pub(super) const fn members(members: &'static [CaseRole]) -> Row {
    Row {
        case: true,
        members,
        when_closed: false,
        when_destroyed: false,
        ..home(&[])
    }
}

impl Row {
    /// In a closed case too.
    pub(super) fn at_rest_too(self) -> Self {
        Self {
            when_closed: true,
            ..self
        }
    }

    /// In a closed and in a destroyed case too.
    pub(super) fn until_the_end(self) -> Self {
        Self {
            when_closed: true,
            when_destroyed: true,
            ..self
        }
    }

    /// And for operators with one of these roles in the vault.
    pub(super) fn or_home(self, home: &'static [HomeRole]) -> Self {
        Self { home, ..self }
    }
}
