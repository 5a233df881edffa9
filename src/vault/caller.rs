//! Who is at the door.

use crate::domain::{OperatorId, SessionId};

/// Somebody asking. Made in `vault` only: by a live session, by somebody at
/// sign-in, or by the vault itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(Who);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) enum Who {
    Stranger,
    System,
    Operator {
        operator: OperatorId,
        session: SessionId,
    },
}

impl Caller {
    pub(in crate::vault) fn stranger() -> Self {
        Self(Who::Stranger)
    }

    pub(in crate::vault) fn system() -> Self {
        Self(Who::System)
    }

    pub(in crate::vault) fn operator(operator: OperatorId, session: SessionId) -> Self {
        Self(Who::Operator { operator, session })
    }

    pub(in crate::vault) fn who(&self) -> &Who {
        &self.0
    }

    pub fn operator_id(&self) -> Option<&OperatorId> {
        match &self.0 {
            Who::Operator { operator, .. } => Some(operator),
            Who::Stranger | Who::System => None,
        }
    }

    pub fn session_id(&self) -> Option<&SessionId> {
        match &self.0 {
            Who::Operator { session, .. } => Some(session),
            Who::Stranger | Who::System => None,
        }
    }
}
