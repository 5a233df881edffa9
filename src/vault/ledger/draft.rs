//! A leaf before it has its place in the log.

use serde_json::Value;

use crate::domain::{CaseId, Purpose};
use crate::policy::ActionKind;
use crate::vault::caller::Caller;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Denied(&'static str),
    Failed(&'static str),
}

impl Outcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied(_) => "denied",
            Self::Failed(_) => "failed",
        }
    }

    pub(crate) fn kind(self) -> Option<&'static str> {
        match self {
            Self::Done => None,
            Self::Denied(kind) | Self::Failed(kind) => Some(kind),
        }
    }
}

/// What the leaf will say, all but its position.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) action: ActionKind,
    pub(crate) caller: Caller,
    /// The caller's role in the case, or by profession.
    pub(crate) role: Option<&'static str>,
    pub(crate) case: Option<CaseId>,
    pub(crate) object: Option<String>,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) outcome: Outcome,
    pub(crate) rows: Option<u64>,
    /// A token or a keyed digest of who was touched; never a number.
    pub(crate) subjects: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) generation: Option<u64>,
    pub(crate) alarm: Option<&'static str>,
    /// Sealed beside the leaf; the leaf holds a salted commitment to it.
    pub(crate) detail: Value,
}
