//! Refusals as `application/problem+json` (RFC 9457).
//!
//! A problem holds ids, positions and rules, never a part of the request. `around` turns it into
//! bytes, because it knows the id of the request.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::ProblemKind;
use crate::policy::{ActionKind, CaseState, Denial, Points, RequestState, who_may};
use crate::vault::{
    Conflict, DataRefusal, FileReport, NearMisses, OperationError, Refusal, StoreError, StoreFault,
    Unaudited, Unauthenticated,
};

/// A refusal before it is turned into bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) kind: ProblemKind,
    pub(super) leaf: Option<u64>,
    pub(super) at: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) column: Option<u64>,
    pub(super) retry_after: Option<u32>,
    /// What the request costs, and what the caller has.
    pub(super) points: Option<Points>,
    pub(super) exhibit: Option<String>,
    pub(super) near_misses: Option<NearMisses>,
    pub(super) in_the_way: Option<InTheWay>,
    /// How long the file is that lacks the bytes asked for.
    pub(super) length: Option<u64>,
    /// What was read of a file that was not admitted.
    pub(super) report: Option<Box<serde_json::Value>>,
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// The leaf that records this refusal; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
    /// The same as the header `Request-Id`.
    request_id: &'a str,
    /// The member of the request that is wrong, or the damaged place in the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    /// The rule that the member broke, or which roles may do what the caller's may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    /// Seconds, as in the header `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    /// What this request costs, in points of the budget that it is paid from.
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<u64>,
    /// What is left of that budget, as `GET /me` shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u64>,
    /// The exhibit that already holds the same file.
    #[serde(skip_serializing_if = "Option::is_none")]
    exhibit: Option<&'a str>,
    /// Accounts of the case that a name may have been meant for. Only a lead of the case gets them.
    #[serde(skip_serializing_if = "Option::is_none")]
    near_misses: Option<&'a [String]>,
    /// The state that forbids the request, and what to do; one text for each state.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    /// What was read of a file that was not admitted, compared with itself only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FileReport>, nullable = false)]
    report: Option<&'a serde_json::Value>,
}

impl Problem {
    pub(super) fn new(kind: ProblemKind) -> Self {
        Self {
            kind,
            leaf: None,
            at: None,
            rule: None,
            line: None,
            column: None,
            retry_after: None,
            points: None,
            exhibit: None,
            near_misses: None,
            in_the_way: None,
            length: None,
            report: None,
        }
    }

    pub(super) fn at(mut self, at: impl Into<String>, rule: impl Into<String>) -> Self {
        self.at = Some(at.into());
        self.rule = Some(rule.into());
        self
    }

    /// Whoever has not the role for an action is told which roles may.
    pub(super) fn of_action(mut self, action: ActionKind) -> Self {
        if self.kind == ProblemKind::NotAllowed && self.rule.is_none() {
            self.rule = match action {
                ActionKind::CancelAdmission => {
                    Some("a lead may, and the custodian whose file it is".to_owned())
                }
                ActionKind::CancelBuild => {
                    Some("a custodian may, and whoever asked for the package".to_owned())
                }
                action => match who_may(action).as_slice() {
                    [] => None,
                    roles => Some(format!("these roles may: {}", roles.join(", "))),
                },
            };
        }
        self
    }

    pub(super) fn with_leaf(mut self, leaf: u64) -> Self {
        self.leaf = Some(leaf);
        self
    }

    fn because(mut self, state: InTheWay) -> Self {
        self.in_the_way = Some(state);
        self
    }

    pub(super) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    fn points(mut self, points: Points) -> Self {
        self.points = Some(points);
        self
    }

    /// The bytes, without anything of the request but its id.
    pub(super) fn to_json(&self, request_id: &str) -> Vec<u8> {
        let body = ProblemBody {
            r#type: self.kind.type_uri(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            leaf: self.leaf,
            request_id,
            at: self.at.as_deref(),
            rule: self.rule.as_deref(),
            line: self.line,
            column: self.column,
            retry_after: self.retry_after,
            costs: self.points.map(|points| points.costs),
            left: self.points.map(|points| points.left),
            exhibit: self.exhibit.as_deref(),
            near_misses: self.near_misses.as_ref().map(|near| near.0.as_slice()),
            detail: self.in_the_way.map(InTheWay::text),
            report: self.report.as_deref(),
        };
        let mut json = serde_json::to_vec(&body).unwrap_or_default();
        json.push(b'\n');
        json
    }
}

impl IntoResponse for Problem {
    /// A response without a body yet; `around` fills it in.
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        let headers = response.headers_mut();
        if let Some(leaf) = self.leaf {
            headers.insert("audit-leaf", HeaderValue::from(leaf));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(length) = self.length
            && let Ok(range) = HeaderValue::try_from(format!("bytes */{length}"))
        {
            headers.insert(header::CONTENT_RANGE, range);
        }
        if self.kind.status() == http::StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The state that forbids a request. Only people who may read it anyway get it: the members of a
/// case, and the people whom a request concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InTheWay {
    Case(CaseState),
    Request(RequestState),
    Session(SessionEnd),
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionEnd {
    /// Its whole time is over.
    Expired,
    /// It was not used for too long.
    Idle,
    /// Somebody ended it.
    Revoked,
}

impl SessionEnd {
    /// How the session of a token ended, if it has one that did.
    pub(super) fn of(error: &Unauthenticated) -> Option<Self> {
        match error {
            Unauthenticated::Expired => Some(Self::Expired),
            Unauthenticated::Idle => Some(Self::Idle),
            Unauthenticated::Revoked => Some(Self::Revoked),
            _ => None,
        }
    }

    /// The one that an address of the sign-in page names.
    pub(super) fn named(word: &str) -> Option<Self> {
        match word {
            "expired" => Some(Self::Expired),
            "idle" => Some(Self::Idle),
            "revoked" => Some(Self::Revoked),
            _ => None,
        }
    }

    /// That name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Idle => "idle",
            Self::Revoked => "revoked",
        }
    }
}

impl InTheWay {
    /// The state and the way out.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Session(SessionEnd::Expired) => "Its whole time is over.",
            Self::Session(SessionEnd::Idle) => "It was not used for too long.",
            Self::Session(SessionEnd::Revoked) => {
                "It was ended: by you, by a new password, or with your account."
            }
            Self::Case(CaseState::Open) => "The case is open already.",
            Self::Case(CaseState::Held) => {
                "The case is on hold; its hold is lifted before it is closed or destroyed."
            }
            Self::Case(CaseState::Closed) => "The case is closed; reopen it first.",
            Self::Case(CaseState::Destroyed) => "The case was destroyed; its certificate is left.",
            Self::Request(RequestState::Requested) => {
                "The request waits for a decision by a second person."
            }
            Self::Request(RequestState::Approved) => "The request is approved.",
            Self::Request(RequestState::Denied) => "The request was denied; ask for a new one.",
            Self::Request(RequestState::Used) => "The request was used; ask for a new one.",
            Self::Request(RequestState::Acknowledged) => {
                "The package was handed out and acknowledged."
            }
            Self::Request(RequestState::Stopped) => "The request was stopped; ask for a new one.",
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denial, receipt) => Self::from(denial).with_leaf(receipt.leaf()),
            Refusal::Failed(error, receipt) => Self::from(error).with_leaf(receipt.leaf()),
            Refusal::Unaudited(unaudited) => Self::from(unaudited),
        }
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        let kind = match denial {
            Denial::SessionEnded => ProblemKind::SessionEnded,
            Denial::NotAllowed => ProblemKind::NotAllowed,
            Denial::Concealed => ProblemKind::NotFound,
            Denial::NotRecognised => ProblemKind::NotRecognised,
            Denial::BeyondToken => ProblemKind::BeyondToken,
            Denial::WrongFingerprint => ProblemKind::WrongFingerprint,
            Denial::CaseClosed => ProblemKind::CaseClosed,
            Denial::CaseDestroyed => ProblemKind::CaseDestroyed,
            Denial::NothingAdmitted => ProblemKind::NothingAdmitted,
            Denial::OwnRequest => ProblemKind::OwnRequest,
            Denial::NotTheAsker => ProblemKind::NotTheAsker,
            Denial::AskerGone => ProblemKind::AskerGone,
            Denial::DeciderGone => ProblemKind::DeciderGone,
            Denial::RecognisedByAsker => ProblemKind::RecognisedByAsker,
            Denial::WrongState(state) => {
                return Self::new(ProblemKind::WrongState).because(InTheWay::Request(state));
            }
            Denial::Expired => ProblemKind::Expired,
            Denial::WrongCredential => ProblemKind::WrongCredential,
            Denial::IdentityRefused => ProblemKind::IdentityRefused,
            Denial::SecondFactorNeeded => ProblemKind::SecondFactorNeeded,
            Denial::PasskeyNeeded => ProblemKind::PasskeyNeeded,
            Denial::AssertionNeeded => ProblemKind::AssertionNeeded,
            Denial::AssertionRefused => ProblemKind::AssertionRefused,
            Denial::Throttled { retry_after } => {
                return Self::new(ProblemKind::Throttled).retry_after(retry_after);
            }
            Denial::BudgetSpent {
                retry_after,
                points,
            } => {
                let problem = Self::new(ProblemKind::BudgetSpent).retry_after(retry_after);
                return problem.points(points);
            }
            Denial::OverBudget { points } => {
                return Self::new(ProblemKind::OverBudget).points(points);
            }
            Denial::LookupsFrozen { retry_after } => {
                return Self::new(ProblemKind::LookupsFrozen).retry_after(retry_after);
            }
        };
        Self::new(kind)
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::NotFound => Self::new(ProblemKind::NotFound),
            OperationError::Conflict(conflict) => Self::from(conflict),
            OperationError::Invalid { at, rule } => Self::new(ProblemKind::Invalid).at(at, rule),
            OperationError::NotInData { at, refusal } => {
                Self::new(ProblemKind::Invalid).at(at, refusal.rule())
            }
            OperationError::NoSuchAccount(near) => {
                let rule = DataRefusal::AccountNotInLog.rule();
                let mut problem = Self::new(ProblemKind::Invalid).at("account", rule);
                problem.near_misses = Some(near);
                problem
            }
            OperationError::NoRecordOfAccount(near) => {
                let rule = DataRefusal::NoRecord.rule();
                let mut problem = Self::new(ProblemKind::Invalid).at("filter.account", rule);
                problem.near_misses = Some(near);
                problem
            }
            OperationError::Unreadable { kind, explanation } => {
                Self::new(ProblemKind::Unreadable).at(kind, explanation)
            }
            OperationError::NotAdmitted { rule, report } => Self {
                report: Some(report),
                ..Self::new(ProblemKind::NotAdmitted).at("file", rule)
            },
            OperationError::Damaged { place } => {
                let mut problem = Self::new(ProblemKind::Damaged);
                // Empty where the caller may not know it.
                problem.at = Some(place).filter(|place| !place.is_empty());
                problem
            }
            OperationError::Store(StoreError {
                fault: StoreFault::DiskFull,
                ..
            }) => Self::new(ProblemKind::DiskFull),
            // What is broken for good is told as damaged.
            OperationError::Store(StoreError {
                fault:
                    StoreFault::Busy
                    | StoreFault::Moved
                    | StoreFault::Disk
                    | StoreFault::CannotOpen
                    | StoreFault::Unreachable
                    | StoreFault::Unauthorised
                    | StoreFault::Untrusted
                    | StoreFault::AsksOpenly
                    | StoreFault::ReadOnly
                    | StoreFault::Uncertain
                    | StoreFault::NoDatabase
                    | StoreFault::Other,
                ..
            }) => Self::new(ProblemKind::Unavailable),
            OperationError::Store(StoreError {
                fault: StoreFault::OtherKeyring | StoreFault::NotANode,
                ..
            }) => Self::new(ProblemKind::NodeUnfit).retry_after(1),
            OperationError::Store(_) | OperationError::Internal(_) => {
                Self::new(ProblemKind::Internal)
            }
            OperationError::NodeSilent => Self::new(ProblemKind::NodeSilent).retry_after(10),
            OperationError::Cancelled => Self::new(ProblemKind::GivenUp),
        }
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        let kind = match conflict {
            Conflict::NameTaken => ProblemKind::NameTaken,
            Conflict::CaseState(state) => {
                return Self::new(ProblemKind::CaseState).because(InTheWay::Case(state));
            }
            Conflict::AdmissionInProgress => ProblemKind::AdmissionInProgress,
            Conflict::AdmissionCancelled => ProblemKind::AdmissionCancelled,
            Conflict::BuildCancelled => ProblemKind::PackageCancelled,
            Conflict::ExhibitWithdrawn => ProblemKind::ExhibitWithdrawn,
            Conflict::ResultChanged => ProblemKind::ResultChanged,
            Conflict::TooManyOpen => ProblemKind::TooManyOpen,
            Conflict::TooManyCases => ProblemKind::TooManyCases,
            Conflict::OutsideCases => ProblemKind::OutsideCases,
            Conflict::OwnMembership => ProblemKind::OwnMembership,
            Conflict::PasskeyKnown => ProblemKind::PasskeyKnown,
            Conflict::TooManyPasskeys => ProblemKind::TooManyPasskeys,
            Conflict::TooManyTokens => ProblemKind::TooManyTokens,
            Conflict::AdministratorOnHost => ProblemKind::AdministratorOnHost,
            Conflict::LastPasskey => ProblemKind::LastPasskey,
            Conflict::RotationUnderWay => ProblemKind::RotationUnderWay,
            Conflict::ClockRight => ProblemKind::ClockRight,
            Conflict::KeyringSlots => ProblemKind::KeyringSlots,
            Conflict::CutTooClose => ProblemKind::CutTooClose,
            Conflict::PackageDeleted => ProblemKind::PackageDeleted,
            Conflict::PackageElsewhere => ProblemKind::PackageElsewhere,
            Conflict::DelayRuns { retry_after } => {
                return Self::new(ProblemKind::DelayRuns).retry_after(retry_after);
            }
            Conflict::NoSuchPart { bytes } => {
                let mut problem = Self::new(ProblemKind::RangeNotSatisfiable);
                problem.length = Some(bytes);
                return problem;
            }
            Conflict::AlreadyAdmitted(exhibit) => {
                let mut problem = Self::new(ProblemKind::AlreadyAdmitted);
                problem.exhibit = Some(exhibit.to_string());
                return problem;
            }
        };
        Self::new(kind)
    }
}

impl From<Unaudited> for Problem {
    fn from(unaudited: Unaudited) -> Self {
        match unaudited {
            Unaudited::NotDurable => Self::new(ProblemKind::Unaudited),
            Unaudited::Busy => Self::new(ProblemKind::Busy).retry_after(1),
            Unaudited::Stopped => Self::new(ProblemKind::Stopping),
        }
    }
}

impl From<Unauthenticated> for Problem {
    fn from(unauthenticated: Unauthenticated) -> Self {
        match unauthenticated {
            Unauthenticated::NoSession => Self::new(ProblemKind::Unauthenticated),
            Unauthenticated::Expired | Unauthenticated::Idle | Unauthenticated::Revoked => {
                let how = SessionEnd::of(&unauthenticated).map(InTheWay::Session);
                Self {
                    in_the_way: how,
                    ..Self::new(ProblemKind::SessionEnded)
                }
            }
            Unauthenticated::Throttled { retry_after } => {
                Self::new(ProblemKind::Throttled).retry_after(retry_after)
            }
            Unauthenticated::Unavailable => Self::new(ProblemKind::Unavailable).retry_after(1),
            Unauthenticated::NodeUnfit => Self::new(ProblemKind::NodeUnfit).retry_after(1),
            Unauthenticated::Damaged => Self::new(ProblemKind::Damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_concealed_looks_like_what_is_absent() {
        let roles = Problem::from(Denial::NotAllowed).of_action(ActionKind::DecideExport);
        assert_eq!(
            roles.rule.as_deref(),
            Some("these roles may: lead, custodian")
        );
        let concealed = Problem::from(Denial::Concealed).of_action(ActionKind::DecideExport);
        assert_eq!(concealed.rule, None);
        let concealed = Problem::from(Denial::Concealed);
        let absent = Problem::from(OperationError::NotFound);
        assert_eq!(concealed.to_json("r"), absent.to_json("r"));
    }

    #[test]
    fn a_conflict_of_states_says_the_state_and_the_way_out() {
        let held = Problem::from(Conflict::CaseState(CaseState::Held));
        let json: serde_json::Value = serde_json::from_slice(&held.to_json("r")).unwrap();
        assert_eq!(
            json["detail"],
            "The case is on hold; its hold is lifted before it is closed or destroyed."
        );
        let denied = Problem::from(Denial::WrongState(RequestState::Denied));
        let json: serde_json::Value = serde_json::from_slice(&denied.to_json("r")).unwrap();
        assert_eq!(json["detail"], "The request was denied; ask for a new one.");
    }

    #[test]
    fn a_fault_of_the_program_is_bare() {
        let problem = Problem::from(OperationError::Internal("a place in the program"));
        let json: serde_json::Value = serde_json::from_slice(&problem.to_json("r")).unwrap();
        let members: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        assert_eq!(members, ["request_id", "status", "title", "type"]);
    }
}
