//! Why something was refused: a closed list that names no data.

use super::RequestState;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denial {
    /// The session has ended, was revoked, or its operator was.
    SessionEnded,
    /// A known thing, but not for this role.
    NotAllowed,
    /// Not a member: even that the thing exists is not said.
    Concealed,
    /// The case is closed.
    CaseClosed,
    /// Nobody decides a request of their own.
    OwnRequest,
    /// Only the one who asked may open it.
    NotTheAsker,
    /// The request is in another state than this needs. The caller may read that state anyway.
    WrongState(RequestState),
    /// The request has expired.
    Expired,
    /// Name or password or code is wrong.
    WrongCredential,
    /// The budget is spent; in how many seconds it would do.
    BudgetSpent { retry_after: u32 },
}

impl Denial {
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionEnded => "session-ended",
            Self::NotAllowed => "not-allowed",
            Self::Concealed => "not-found",
            Self::CaseClosed => "case-closed",
            Self::OwnRequest => "own-request",
            Self::NotTheAsker => "not-the-asker",
            Self::WrongState(_) => "wrong-state",
            Self::Expired => "expired",
            Self::WrongCredential => "wrong-credential",
            Self::BudgetSpent { .. } => "budget-spent",
        }
    }
}
