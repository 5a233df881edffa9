//! Who stopped a request, when and why: sealed with it, and shown to everybody who may read it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Moment, OperatorId, OperatorName, Reason};
use crate::vault::OperationError;
use crate::vault::scope::Reading;

/// Who stopped a request, when and why, as it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stopped {
    by: String,
    at: i64,
    reason: String,
}

/// Who stopped a request, when and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StoppedRequest)]
pub struct StoppedView {
    /// The name of who did; whoever put the case on hold, if a hold did.
    #[schema(value_type = OperatorName)]
    pub by: String,
    /// When.
    pub at: Moment,
    /// Why.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl Stopped {
    pub(super) fn of(by: &OperatorId, at: Moment, reason: &Reason) -> Self {
        Self {
            by: by.to_string(),
            at: at.seconds(),
            reason: reason.as_str().to_owned(),
        }
    }

    pub(super) fn view(&self, reading: &Reading<'_>) -> Result<StoppedView, OperationError> {
        let by: OperatorId = self.by.parse().map_err(|_| OperationError::Damaged {
            place: "request".to_owned(),
        })?;
        Ok(StoppedView {
            by: reading.operator_name(&by)?,
            at: Moment::from_seconds(self.at),
            reason: self.reason.clone(),
        })
    }
}
