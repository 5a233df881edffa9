//! `GET /cases/{case}/exhibits/{exhibit}/difference?against=…`: what one exhibit
//! has that another has not, in counts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId};
use crate::operations::{Ids, Request};
use crate::policy::actions;
use crate::vault::records::Difference;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct CompareExhibits {
    case: CaseId,
    exhibit: ExhibitId,
    against: ExhibitId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareInput {
    /// The other exhibit; it may be withdrawn.
    pub against: String,
}

#[derive(Serialize, ToSchema)]
#[serde(transparent)]
pub struct DifferenceAnswer(pub Difference);

impl CompareExhibits {
    pub fn new(case: CaseId, exhibit: ExhibitId, against: &str) -> Result<Self, OperationError> {
        let against = against
            .parse()
            .map_err(|error| OperationError::invalid("against", error))?;
        Ok(Self {
            case,
            exhibit,
            against,
        })
    }
}

impl Answer for DifferenceAnswer {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for CompareExhibits {
    type Action = actions::CompareExhibits;
    type Answer = DifferenceAnswer;

    fn target(&self) -> Target {
        Target::NamedExhibit(self.case.clone(), self.exhibit.clone())
    }

    fn detail(&self) -> Value {
        json!({ "against": self.against })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<DifferenceAnswer, OperationError> {
        let difference = scope.compare_exhibits(&self.exhibit, &self.against)?;
        Ok(DifferenceAnswer(difference))
    }
}

impl Request for CompareExhibits {
    type Input = CompareInput;
    type Output = Difference;
    const SUMMARY: &'static str = "What one exhibit has that another has not";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::NamedExhibit(ids.case()?, ids.exhibit()?))
    }

    fn read(ids: &Ids, input: CompareInput) -> Result<Self, OperationError> {
        Self::new(ids.case()?, ids.exhibit()?, &input.against)
    }
}
