//! `GET /cases/{case}/reveals`: what was asked, newest first.

use serde::Serialize;
use utoipa::ToSchema;

use super::docs;
use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{RevealView, Scope};
use crate::vault::{Operation, OperationError, Target};

pub struct ListReveals(pub CaseId);

#[derive(Serialize, ToSchema)]
pub struct RevealList {
    pub reveals: Vec<RevealView>,
}

impl Operation for ListReveals {
    type Action = actions::ListReveals;
    type Answer = RevealList;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RevealList, OperationError> {
        let reveals = scope.list_reveals()?;
        scope.note_rows(reveals.len() as u64);
        Ok(RevealList { reveals })
    }
}

impl Request for ListReveals {
    type Input = Empty;
    const DOCS: Docs = docs::LIST;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
