//! `POST /exports/{export}/decision`: somebody else says yes or no.

use crate::domain::ExportId;
use crate::operations::{Decide, Decided, Ids};
use crate::policy::{RequestState, actions};
use crate::vault::scope::Scope;
use crate::vault::{OperationError, Target, Why};

pub type DecideExport = Decide<ExportId>;

impl Decided for ExportId {
    type Action = actions::DecideExport;
    const SUMMARY: &'static str = "Decide somebody else's export";

    fn named(ids: &Ids) -> Result<Self, OperationError> {
        ids.export()
    }

    fn target(&self) -> Target {
        Target::Export(self.clone())
    }

    fn decide(
        &self,
        scope: &mut Scope<'_, Self::Action>,
        approve: bool,
        why: &Why,
    ) -> Result<RequestState, OperationError> {
        scope.decide_export(self, approve, why)
    }
}
