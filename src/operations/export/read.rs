//! `GET /exports/{export}`: what was asked, decided and handed out.

use super::docs;
use crate::domain::ExportId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{ExportView, Scope};
use crate::vault::{Operation, OperationError, Target};

pub struct ReadExport(pub ExportId);

impl Operation for ReadExport {
    type Action = actions::ReadExport;
    type Answer = ExportView;

    fn target(&self) -> Target {
        Target::Export(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ExportView, OperationError> {
        scope.read_export(&self.0)
    }
}

impl Request for ReadExport {
    type Input = Empty;
    const DOCS: Docs = docs::READ;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Export(ids.export()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.export()?))
    }
}
