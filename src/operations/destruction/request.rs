//! `POST /cases/{case}/destructions`: the request to destroy a case.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::PageCursor;
use crate::domain::{DestructionId, Moment, Reason};
use crate::operations::sheet::{Sheet, asked_columns};
use crate::operations::two_person::{StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{Destruction, DestructionView, RequestPage, ShownState};
use crate::vault::{OperationError, Why};

/// Why a case should be destroyed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestDestructionInput {
    /// Why the data is not needed any more.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A destruction that was requested and is not decided yet.
#[derive(Serialize, ToSchema)]
pub struct RequestedDestruction {
    /// The id of the destruction.
    pub destruction: DestructionId,
    /// Its state: `requested`.
    pub state: ShownState,
    /// When the request expires if nobody decides it.
    pub expires_at: Moment,
}

/// The destructions of a case.
#[derive(Serialize, ToSchema)]
pub struct DestructionList {
    /// The destructions, newest first.
    pub destructions: Vec<DestructionView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for DestructionList {
    const ROWS: &'static str = "destructions";
    const COLUMNS: &'static [&'static str] =
        asked_columns!("destruction", "delay_s", "not_before", "due");
}

impl From<RequestPage<DestructionView>> for DestructionList {
    fn from(page: RequestPage<DestructionView>) -> Self {
        Self {
            destructions: page.requests,
            next: page.next,
        }
    }
}

impl TwoPerson for Destruction {
    const DOCS: StepDocs = docs::STEPS;
    type Input = RequestDestructionInput;
    type Requested = RequestedDestruction;
    type Listed = DestructionList;

    fn wanted(_: &Ids, input: RequestDestructionInput) -> Result<((), Why), OperationError> {
        Ok(((), only_reason(&input.reason)?))
    }

    fn detail((): &()) -> Value {
        Value::Null
    }

    fn requested(destruction: DestructionId, expires_at: Moment) -> RequestedDestruction {
        RequestedDestruction {
            destruction,
            state: ShownState::Requested,
            expires_at,
        }
    }
}
