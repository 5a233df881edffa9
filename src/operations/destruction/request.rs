//! `POST /cases/{case}/destructions`: the request to destroy a case.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::docs;
use crate::domain::Reason;
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::Destruction;
use crate::vault::{OperationError, Why};

/// Why a case should be destroyed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestDestructionInput {
    /// Why the data is not needed any more.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl TwoPerson for Destruction {
    const DOCS: StepDocs = docs::STEPS;
    const COLUMNS: &'static [&'static str] =
        asked_columns!("destruction", "delay_s", "not_before", "due");
    type Input = RequestDestructionInput;
    type Requested = Requested<Self>;

    fn wanted(_: &Ids, input: RequestDestructionInput) -> Result<((), Why), OperationError> {
        Ok(((), only_reason(&input.reason)?))
    }

    fn detail((): &()) -> Value {
        Value::Null
    }
}
