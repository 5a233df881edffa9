//! The facts a decision is based on, read from the same snapshot as the act itself.

use super::ActionKind;
use crate::domain::{AccountName, CaseRole, HomeRole, words};

/// Who calls, according to the database at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerFacts {
    /// Somebody without a session, who signs in or enrols.
    Stranger,
    /// The vault itself: start, stop, summary of strangers' requests.
    System,
    /// An operator with a valid session.
    Operator(HomeRole),
    /// An operator who was revoked or whose session has ended.
    Gone,
}

words! {
    /// The state of a case.
    pub enum CaseState {
        /// Work goes on.
        Open => "open",
        /// Work goes on, but the case cannot be closed and nothing may be destroyed.
        Held => "held",
        /// The case can only be read and reopened.
        Closed => "closed",
        /// Its keys are gone or going; only its certificate is left.
        Destroyed => "destroyed",
    }
}

/// The caller's membership of a case; a liaison is bound to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The role in the case.
    pub role: CaseRole,
    /// The account of a liaison; `None` for every other role.
    pub account: Option<AccountName>,
    /// Whether a lead of the case knows whose account it is. Without that it gives no right.
    pub recognised: bool,
}

/// The case that an action is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    /// The state of the case.
    pub state: CaseState,
    /// The caller's membership; `None` if the caller is not a member.
    pub membership: Option<Membership>,
    /// Whether an exhibit counts. Known to be so where it makes no difference to the action.
    pub has_exhibit: bool,
}

words! {
    /// The state of a request.
    pub enum RequestState {
        /// It waits for a decision.
        Requested => "requested",
        /// A second person approved it.
        Approved => "approved",
        /// A second person denied it.
        Denied => "denied",
        /// The reveal was opened, or the export's package was handed out.
        Used => "used",
        /// The receiver of the export confirmed that it arrived.
        Acknowledged => "acknowledged",
        /// Somebody stopped it before it was carried out, or a hold did, or the end of its decider's membership.
        Stopped => "stopped",
    }
}

impl RequestState {
    /// The state after a decision.
    pub fn decided(approve: bool) -> Self {
        if approve {
            Self::Approved
        } else {
            Self::Denied
        }
    }
}

/// The request that a decision, an opening or a hand-out is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFacts {
    /// The state of the request.
    pub state: RequestState,
    /// True if the caller made the request.
    pub asked_by_caller: bool,
    /// True if the caller came by the OpenID provider, and all that says whose account it is is the asker's word.
    pub known_by_asker_alone: bool,
    /// True if nothing but the word of one of the two, or of somebody third, says that the caller is not the asker
    /// under another name. It is heeded where a case ends and where a hold is lifted.
    pub could_be_asker: bool,
    /// True if the request was not decided or used in time.
    pub expired: bool,
    /// The account that the request is about, if it is about a single one.
    pub account: Option<AccountName>,
    /// The action that reads a request of this kind.
    pub read_by: ActionKind,
}

/// The leaf for which a proof is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafFacts {
    /// True if the leaf records an act of the caller.
    pub written_for_caller: bool,
}

/// What the caller's passkey said about the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionFacts {
    /// Nothing has to come: the session was opened without a passkey.
    NotNeeded,
    /// Nothing came.
    Missing,
    /// What came is not about this act in this session, or not by a passkey of the caller, or was used.
    Wrong,
    /// The caller's passkey signed this act, and its owner was verified.
    Given,
}

/// What the token of a script or a machine is good for, of a caller who came with one or is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// The actions that its owner chose.
    pub actions: Vec<ActionKind>,
    /// Whether it is for all cases of its owner, or the act is about the one case that it is for.
    pub reaches: bool,
}

/// All facts of one act. What does not apply is absent.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Who calls.
    pub caller: CallerFacts,
    /// True if the caller's session was opened without a second factor, and their role in the vault or in the case
    /// needs one.
    pub lacks_factor: bool,
    /// True if the caller's session was opened without a passkey, and their role in the vault or in the case needs one.
    pub lacks_passkey: bool,
    /// What came with the act from the caller's passkey.
    pub assertion: AssertionFacts,
    /// What the caller's token is good for; `None` of a session.
    pub token: Option<TokenFacts>,
    /// The case, if the action is about one.
    pub case: Option<CaseFacts>,
    /// The request, if the action is about one.
    pub request: Option<RequestFacts>,
    /// The leaf, if the action is about one.
    pub leaf: Option<LeafFacts>,
}
