//! The reasons for a refusal: a closed list that names no data.

use super::RequestState;

/// Why an action was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denial {
    /// The session has expired or was closed, or the session or its operator was revoked.
    SessionEnded,
    /// The caller may know of the thing, but their role does not allow this.
    NotAllowed,
    /// The caller is not a member; they must not learn that the thing exists.
    Concealed,
    /// Nobody has recognised the caller in the case, so their membership gives no right yet.
    NotRecognised,
    /// The fingerprint that was typed is not that of the account.
    WrongFingerprint,
    /// The caller came with the token of a script that is not good for this, or is a machine that is not.
    BeyondToken,
    /// The case is closed.
    CaseClosed,
    /// The case was destroyed.
    CaseDestroyed,
    /// Nothing has been admitted to the case, so no number can be looked up in it.
    NothingAdmitted,
    /// The caller asked for this and cannot decide it.
    OwnRequest,
    /// Only the operator who asked for a reveal or the rows of a quarantine can open it.
    NotTheAsker,
    /// Who asked was revoked, or is no member of the case any more who could ask this.
    AskerGone,
    /// Who approved was revoked, or is no member of the case any more who could approve this.
    DeciderGone,
    /// The caller and the asker, or whom it is done to, could be one person: an account came by the OpenID provider,
    /// and nobody else stands for whose it is.
    RecognisedByAsker,
    /// The request is in another state than this needs. The caller may read that state anyway.
    WrongState(RequestState),
    /// The request has expired.
    Expired,
    /// The name, password or code is wrong.
    WrongCredential,
    /// The provider vouches for somebody who may not come in: in no group that counts, or whose account has ended.
    IdentityRefused,
    /// A second factor is needed: by whoever signs in with a password alone, or by what a session that was opened
    /// without one is to do.
    SecondFactorNeeded,
    /// The session was opened without a passkey, and the role needs one: it is good for enrolling one only.
    PasskeyNeeded,
    /// The act needs an assertion by the caller's passkey, and none came.
    AssertionNeeded,
    /// The assertion that came is not about this act, or not by a passkey of the caller, or was used.
    AssertionRefused,
    /// Too many have tried this name, and the caller comes from where the operator never was.
    Throttled {
        /// In how many seconds another try fits.
        retry_after: u32,
    },
    /// The budget is spent; `retry_after` is the number of seconds until it covers the request.
    BudgetSpent {
        /// In how many seconds the budget covers the request.
        retry_after: u32,
        /// What the request costs and what the caller has.
        points: Points,
    },
    /// The request costs more than the whole budget holds.
    OverBudget {
        /// What the request costs and what the caller has.
        points: Points,
    },
    /// Too many calls could not be paid: lookups are frozen until another lead thaws them.
    LookupsFrozen {
        /// In how many seconds they thaw by themselves.
        retry_after: u32,
    },
}

/// The points of a request that could not be paid. Both follow from what the caller asked and spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Points {
    /// What the request costs.
    pub costs: u64,
    /// What the caller could spend now, as `GET /me` shows it.
    pub left: u64,
}

impl Denial {
    /// The word in leaves.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionEnded => "session-ended",
            Self::NotAllowed => "not-allowed",
            Self::Concealed => "not-found",
            Self::NotRecognised => "not-recognised",
            Self::WrongFingerprint => "wrong-fingerprint",
            Self::BeyondToken => "beyond-token",
            Self::CaseClosed => "case-closed",
            Self::CaseDestroyed => "case-destroyed",
            Self::NothingAdmitted => "nothing-admitted",
            Self::OwnRequest => "own-request",
            Self::NotTheAsker => "not-the-asker",
            Self::AskerGone => "asker-gone",
            Self::DeciderGone => "decider-gone",
            Self::RecognisedByAsker => "recognised-by-asker",
            Self::WrongState(_) => "wrong-state",
            Self::Expired => "expired",
            Self::WrongCredential => "wrong-credential",
            Self::IdentityRefused => "identity-refused",
            Self::SecondFactorNeeded => "second-factor-needed",
            Self::PasskeyNeeded => "passkey-needed",
            Self::AssertionNeeded => "assertion-needed",
            Self::AssertionRefused => "assertion-refused",
            Self::Throttled { .. } => "throttled",
            Self::BudgetSpent { .. } => "budget-spent",
            Self::OverBudget { .. } => "over-budget",
            Self::LookupsFrozen { .. } => "lookups-frozen",
        }
    }
}
