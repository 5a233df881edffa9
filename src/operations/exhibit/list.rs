//! The exhibits of a case.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{ExhibitView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ListExhibits {
    case: CaseId,
}

impl ListExhibits {
    pub fn of(case: CaseId) -> Self {
        Self { case }
    }
}

#[derive(Serialize, ToSchema)]
pub struct ExhibitList {
    exhibits: Vec<ExhibitView>,
}

impl Answer for ExhibitList {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ListExhibits {
    type Action = actions::ListExhibits;
    type Answer = ExhibitList;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ExhibitList, OperationError> {
        let exhibits = scope.list_exhibits()?;
        scope.note_rows(exhibits.len() as u64);
        Ok(ExhibitList { exhibits })
    }
}

impl Request for ListExhibits {
    type Input = Empty;
    type Output = ExhibitList;
    const SUMMARY: &'static str = "The exhibits of a case, with the counts of their admission.";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self { case: ids.case()? })
    }
}
