//! `GET /cases/{case}`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{CaseView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadCase(pub CaseId);

#[derive(Serialize, ToSchema)]
pub struct CaseBody {
    #[schema(value_type = Object)]
    #[serde(flatten)]
    pub case: CaseView,
}

impl Answer for CaseBody {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ReadCase {
    type Action = actions::ReadCase;
    type Answer = CaseBody;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CaseBody, OperationError> {
        Ok(CaseBody {
            case: scope.read_case()?,
        })
    }
}

impl Request for ReadCase {
    type Input = Empty;
    type Output = CaseBody;
    const SUMMARY: &'static str = "One case";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
