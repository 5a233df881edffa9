//! What every request has in common, whatever is asked for: who asked, who
//! decided, and until when it holds.

use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use crate::domain::{Moment, OperatorId};
use crate::policy::{Action, RequestState};
use crate::vault::operation::{Conflict, OperationError};
use crate::vault::store::request_rows::{Decision, RequestRow};

/// Those members of a request that all of them are shown with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Asked)]
pub struct AskedView {
    #[schema(value_type = RequestState)]
    pub state: &'static str,
    /// The name of an operator.
    pub asked_by: String,
    pub asked_at: Moment,
    pub expires_at: Moment,
    pub decided_by: Option<String>,
    pub decided_at: Option<Moment>,
}

impl<A: Action> Scope<'_, A> {
    pub(super) fn view_asked<I>(&self, row: &RequestRow<I>) -> Result<AskedView, OperationError> {
        let name = |id: &OperatorId| self.operator_name(id);
        // A request past its time is shown as expired, whatever its row says.
        let state = match row.state {
            RequestState::Requested | RequestState::Approved if row.expires_at <= self.now => {
                "expired"
            }
            other => other.as_str(),
        };
        Ok(AskedView {
            state,
            asked_by: name(&row.asker)?,
            asked_at: row.asked_at,
            expires_at: row.expires_at,
            decided_by: row.decider.as_ref().map(name).transpose()?,
            decided_at: row.decided_at,
        })
    }

    /// The decision of this act's caller; what was decided holds for `seconds` from now.
    pub(super) fn decision<'a>(
        &'a self,
        to: RequestState,
        seconds: i64,
        sealed: &'a [u8],
    ) -> Result<Decision<'a>, OperationError> {
        Ok(Decision {
            to,
            decider: self.operator()?,
            now: self.now,
            expires_at: self.now.plus_seconds(seconds),
            sealed,
        })
    }
}

/// What was found again is what the request was bound to.
pub(super) fn same_result<I>(row: &RequestRow<I>, digest: [u8; 32]) -> Result<(), OperationError> {
    if digest[..] == row.digest[..] {
        Ok(())
    } else {
        Err(OperationError::Conflict(Conflict::ResultChanged))
    }
}
