//! What every request is shown with, whatever is asked for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sealed::{PLACE, Sealed};
use crate::domain::{Moment, OperatorId, Purpose};
use crate::policy::RequestState;
use crate::vault::OperationError;
use crate::vault::clock::{Term, VaultClock};
use crate::vault::scope::{ByWhomView, Reading};
use crate::vault::store::request_rows::RequestRow;

/// Who asked and why, who decided, and until when it holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Asked)]
pub struct AskedView {
    /// How far it is.
    pub state: ShownState,
    /// The asker's name.
    pub asked_by: String,
    /// When it was asked.
    pub asked_at: Moment,
    /// Until when it can be decided or, after a yes, used.
    pub expires_at: Moment,
    /// The decider's name.
    pub decided_by: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Moment>,
    /// The purpose the asker chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub purpose: Option<Purpose>,
    /// The asker's reason.
    pub reason: String,
    /// The decider's reason.
    pub decision_reason: Option<String>,
    /// Who stopped it, put the hold that did, or ended the membership of who approved it; left out if nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stopped: Option<ByWhomView>,
    /// Its package is being built or handed out at this moment; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub building: bool,
}

/// The state of a request as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = RequestState)]
pub enum ShownState {
    /// Not decided yet.
    Requested,
    /// Allowed and not used yet; or done at once, where nothing is left to use.
    Approved,
    /// Not allowed.
    Denied,
    /// Opened, or handed out as a package.
    Used,
    /// Handed out, and its receiver said that it arrived.
    Acknowledged,
    /// Stopped before it was carried out: by somebody, by a hold, or with the membership of who approved it.
    Stopped,
    /// Not decided, or not used, in time.
    Expired,
}

impl ShownState {
    /// Whether a package that was asked for may be handed out, for the first time or again.
    pub fn hands_out(self) -> bool {
        matches!(self, Self::Approved | Self::Used | Self::Acknowledged)
    }

    /// A request past its time is shown as expired, whatever its row says, but for what a yes did `at_once`.
    pub(super) fn of(state: RequestState, at_once: bool, term: Term, clock: &VaultClock) -> Self {
        match state {
            RequestState::Requested if clock.has_ended(term) => Self::Expired,
            RequestState::Approved if !at_once && clock.has_ended(term) => Self::Expired,
            RequestState::Requested => Self::Requested,
            RequestState::Approved => Self::Approved,
            RequestState::Denied => Self::Denied,
            RequestState::Used => Self::Used,
            RequestState::Acknowledged => Self::Acknowledged,
            RequestState::Stopped => Self::Stopped,
        }
    }
}

impl AskedView {
    pub(super) fn of<B, F>(
        reading: &Reading<'_>,
        row: &RequestRow,
        sealed: &Sealed<B, F>,
        at_once: bool,
    ) -> Result<Self, OperationError> {
        let name = |id: &OperatorId| reading.operator_name(id);
        let term = sealed.term();
        Ok(Self {
            state: ShownState::of(row.state, at_once, term, &reading.core.clock),
            asked_by: name(&row.asker)?,
            asked_at: row.asked_at,
            expires_at: reading.core.clock.shown_end(term),
            decided_by: row.decider.as_ref().map(name).transpose()?,
            decided_at: row.decided_at,
            purpose: sealed.purpose,
            reason: sealed.reason.clone(),
            decision_reason: sealed.decision_reason.clone(),
            stopped: match &sealed.stopped {
                Some(stopped) => Some(stopped.view(reading, PLACE)?),
                None => None,
            },
            building: reading.core.package_turns.is_building(&row.id),
        })
    }
}
