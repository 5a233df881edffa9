//! `GET /cases/{case}/exports`: what was asked, newest first.

use serde::Serialize;
use utoipa::ToSchema;

use super::docs;
use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{ExportView, Scope};
use crate::vault::{Operation, OperationError, Target};

pub struct ListExports(pub CaseId);

#[derive(Serialize, ToSchema)]
pub struct ExportList {
    pub exports: Vec<ExportView>,
}

impl Operation for ListExports {
    type Action = actions::ListExports;
    type Answer = ExportList;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ExportList, OperationError> {
        let exports = scope.list_exports()?;
        scope.note_rows(exports.len() as u64);
        Ok(ExportList { exports })
    }
}

impl Request for ListExports {
    type Input = Empty;
    const DOCS: Docs = docs::LIST;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
