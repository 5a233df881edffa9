//! `GET /exports/{export}`: what was asked, decided and handed out.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::ExportId;
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{ExportView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadExport(pub ExportId);

#[derive(Serialize, ToSchema)]
pub struct ExportBody {
    #[schema(value_type = Object)]
    #[serde(flatten)]
    view: ExportView,
}

impl Answer for ExportBody {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ReadExport {
    type Action = actions::ReadExport;
    type Answer = ExportBody;

    fn target(&self) -> Target {
        Target::Export(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ExportBody, OperationError> {
        Ok(ExportBody {
            view: scope.read_export(&self.0)?,
        })
    }
}

impl Request for ReadExport {
    type Input = Empty;
    type Output = ExportBody;
    const SUMMARY: &'static str = "One export";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Export(ids.export()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.export()?))
    }
}
