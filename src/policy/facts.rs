//! What a decision rests on, read from the same snapshot as the act itself.

use std::str::FromStr;

use crate::domain::{AccountName, CaseRole, HomeRole};

/// Who calls, as the database knows it at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerFacts {
    /// Nobody yet: somebody signing in or enrolling.
    Stranger,
    /// The vault itself: start, stop, sums.
    System,
    /// An operator with a live session.
    Operator(HomeRole),
    /// An operator whose session has ended or who was revoked.
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseState {
    Open,
    Held,
    Closed,
}

impl CaseState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Held, Self::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
            Self::Closed => "closed",
        }
    }
}

impl FromStr for CaseState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// What the caller is in a case; a liaison is bound to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub role: CaseRole,
    pub account: Option<AccountName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    pub state: CaseState,
    pub membership: Option<Membership>,
}

/// The life of a request that somebody else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestState {
    Requested,
    Approved,
    Denied,
    /// A reveal that was opened, an export whose package was handed out.
    Used,
    /// An export whose receiver said that it arrived.
    Acknowledged,
}

impl RequestState {
    /// What a decision makes of a request.
    pub fn decided(approve: bool) -> Self {
        if approve {
            Self::Approved
        } else {
            Self::Denied
        }
    }

    pub const ALL: [Self; 5] = [
        Self::Requested,
        Self::Approved,
        Self::Denied,
        Self::Used,
        Self::Acknowledged,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Used => "used",
            Self::Acknowledged => "acknowledged",
        }
    }
}

impl FromStr for RequestState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// The request a decision, an opening or a hand-out is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFacts {
    pub state: RequestState,
    pub asked_by_caller: bool,
    pub expired: bool,
    /// The one account the request is about, if it is about one.
    pub account: Option<AccountName>,
}

/// The leaf a proof is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafFacts {
    pub written_for_caller: bool,
}

/// All of it. What does not apply is absent.
#[derive(Debug, Clone)]
pub struct Facts {
    pub caller: CallerFacts,
    pub case: Option<CaseFacts>,
    pub request: Option<RequestFacts>,
    pub leaf: Option<LeafFacts>,
}
