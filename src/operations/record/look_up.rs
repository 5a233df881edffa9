//! Is this number exposed?

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Ids, Request, why};
use crate::policy::actions;
use crate::vault::plaintext::{RawText, Region};
use crate::vault::scope::{LookUpResult, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct LookUp {
    case: CaseId,
    numbers: Vec<RawText>,
    region: Option<Region>,
    why: Why,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUpInput {
    /// In any format; a number without `+` needs `region`.
    #[schema(value_type = Vec<String>)]
    pub numbers: Vec<RawText>,
    /// The region that numbers without a calling code are read in, such as `GB`.
    pub region: Option<String>,
    pub purpose: String,
    pub reason: String,
}

/// One answer for each number, by its position.
#[derive(Serialize, ToSchema)]
pub struct LookUpAnswer {
    pub results: Vec<LookUpResult>,
}

impl Operation for LookUp {
    type Action = actions::LookUp;
    type Answer = LookUpAnswer;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({
            "numbers": self.numbers.len(),
            "region": self.region.map(|region| region.to_string()),
        })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LookUpAnswer, OperationError> {
        let results = scope.look_up(&self.numbers, self.region)?;
        Ok(LookUpAnswer { results })
    }
}

impl Answer for LookUpAnswer {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Request for LookUp {
    type Input = LookUpInput;
    type Output = LookUpAnswer;
    const SUMMARY: &'static str = "Asks for each number whether it is exposed";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: LookUpInput) -> Result<Self, OperationError> {
        let region = input
            .region
            .map(|text| text.parse())
            .transpose()
            .map_err(|error| OperationError::invalid("region", error))?;
        Ok(Self {
            case: ids.case()?,
            numbers: input.numbers,
            region,
            why: why(&input.purpose, &input.reason)?,
        })
    }
}
