//! `POST /cases/{case}/exhibits/{exhibit}/quarantine`: the request to see the rows of an exhibit that are in
//! quarantine.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{ExhibitId, Moment, QuarantineId, Reason};
use crate::operations::two_person::{StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{Quarantine, QuarantineView, ShownState};
use crate::vault::{OperationError, Target, Why};

/// Why somebody wants to see the rows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestQuarantineInput {
    /// What they are needed for.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A request that was made and is not decided yet.
#[derive(Serialize, ToSchema)]
pub struct RequestedQuarantine {
    /// The id of the request.
    pub quarantine: QuarantineId,
    /// Its state: `requested`.
    pub state: ShownState,
    /// When the request expires if nobody decides it.
    pub expires_at: Moment,
}

/// The requests of a case to see a quarantine.
#[derive(Serialize, ToSchema)]
pub struct QuarantineList {
    /// The requests, newest first.
    pub quarantines: Vec<QuarantineView>,
}

impl From<Vec<QuarantineView>> for QuarantineList {
    fn from(quarantines: Vec<QuarantineView>) -> Self {
        Self { quarantines }
    }
}

impl TwoPerson for Quarantine {
    const DOCS: StepDocs = docs::STEPS;
    type Input = RequestQuarantineInput;
    type Requested = RequestedQuarantine;
    type Listed = QuarantineList;

    fn about(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::NamedExhibit(ids.case()?, ids.exhibit()?))
    }

    fn wanted(
        ids: &Ids,
        input: RequestQuarantineInput,
    ) -> Result<(ExhibitId, Why), OperationError> {
        Ok((ids.exhibit()?, only_reason(&input.reason)?))
    }

    fn detail(exhibit: &ExhibitId) -> Value {
        json!({ "exhibit": exhibit })
    }

    fn requested(quarantine: QuarantineId, expires_at: Moment) -> RequestedQuarantine {
        RequestedQuarantine {
            quarantine,
            state: ShownState::Requested,
            expires_at,
        }
    }
}
