//! Who did something, when and why: sealed with what it was done to, and shown to everybody who may read that.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Reading;
use crate::domain::{Moment, OperatorId, OperatorName, Reason};
use crate::vault::OperationError;

/// Who did something, when and why, as it is sealed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ByWhom {
    by: String,
    at: i64,
    reason: String,
    /// The leaf of the act, if it is one of another thing than what this is sealed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
}

/// Who did something, when and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ByWhom)]
pub struct ByWhomView {
    /// The name of who did.
    #[schema(value_type = OperatorName)]
    pub by: String,
    /// When.
    pub at: Moment,
    /// Why.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl ByWhom {
    pub(super) fn of(by: &OperatorId, at: Moment, reason: &str) -> Self {
        Self {
            by: by.to_string(),
            at: at.seconds(),
            reason: reason.to_owned(),
            leaf: None,
        }
    }

    /// The same, done by the act that has this leaf.
    pub(super) fn under(self, leaf: u64) -> Self {
        Self {
            leaf: Some(leaf),
            ..self
        }
    }

    /// The leaf of the act, if it is one of another thing.
    pub(super) fn leaf(&self) -> Option<u64> {
        self.leaf
    }

    /// As it is shown. `place` is where it is sealed, in case that it is damaged.
    pub(super) fn view(
        &self,
        reading: &Reading<'_>,
        place: &str,
    ) -> Result<ByWhomView, OperationError> {
        let by: OperatorId = self.by.parse().map_err(|_| OperationError::Damaged {
            place: place.to_owned(),
        })?;
        Ok(ByWhomView {
            by: reading.operator_name(&by)?,
            at: Moment::from_seconds(self.at),
            reason: self.reason.clone(),
        })
    }
}
